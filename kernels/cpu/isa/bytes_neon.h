// u8 × s8 products with Advanced SIMD alone: widened to 32 bits.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct ByteProduct {
  using Input = uint8_t;
  using Weight = int8_t;
  using Weights = int32x4_t;
  using Inputs = int32x4_t;
  using Sum = int32x4_t;
  static constexpr int64_t kDepth = 1;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;
  static constexpr float kShift = 0.0f;

  static Sum zero() { return vdupq_n_s32(0); }
  static Weights load(const Weight* p) {
    int32_t four;
    __builtin_memcpy(&four, p, sizeof four);
    return vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)))));
  }
  static Inputs broadcast(const Input* p) { return vdupq_n_s32(*p); }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    return vmlaq_s32(sum, weights, inputs);
  }
  static Vec value(Sum sum) { return {vcvtq_f32_s32(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Stores the nearest integers of 0 … 255.
  static void store(Input* p, Vec v) { store_first(p, v, Vec::kLanes); }
  static void store_first(Input* p, Vec v, int64_t count) {
    uint32_t all[4];
    vst1q_u32(all, vcvtnq_u32_f32(v.value));
    for (int64_t i = 0; i < count; ++i) p[i] = static_cast<uint8_t>(all[i]);
  }
};

}  // namespace
}  // namespace gatun::kernels
