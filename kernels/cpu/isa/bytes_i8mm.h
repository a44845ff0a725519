// u8 × s8 products of AArch64 with USMMLA: two rows of eight inputs times two columns.
#pragma once

#include <cstddef>

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct ByteProduct {
  using Input = uint8_t;
  using Weight = int8_t;
  using Weights = int8x16_t;
  using Inputs = uint8x16_t;
  using Sum = int32x4_t;
  static constexpr int64_t kDepth = 8;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;
  static constexpr float kShift = 0.0f;

  static Sum zero() { return vdupq_n_s32(0); }
  static Weights load(const Weight* p) { return vld1q_s8(p); }
  static Inputs rows(const Input* first, const Input* second) {
    return vcombine_u8(vld1_u8(first), vld1_u8(second));
  }
  static Inputs broadcast(const Input* p) { return rows(p, p); }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    return vusmmlaq_s32(sum, inputs, weights);
  }
  static Vec value(Sum sum) { return {vcvtq_f32_s32(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Stores the nearest integers of 0 … 255.
  static void store(Input* p, Vec v) { store_first(p, v, Vec::kLanes); }
  static void store_first(Input* p, Vec v, int64_t count) {
    const uint16x4_t wide = vqmovn_u32(vcvtnq_u32_f32(v.value));
    const uint8x8_t bytes = vqmovn_u16(vcombine_u16(wide, wide));
    __builtin_memcpy(p, &bytes, static_cast<size_t>(count));
  }
};

}  // namespace
}  // namespace gatun::kernels
