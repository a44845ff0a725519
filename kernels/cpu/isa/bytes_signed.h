// Activations as signed bytes, 128 below their u8, for instructions that multiply s8 × s8 only.
#pragma once

#include <cstddef>

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct SignedBytes {
  using Input = int8_t;
  using Weight = int8_t;
  using Sum = int32x4_t;
  static constexpr int64_t kDepth = 4;
  static constexpr float kShift = 128.0f;

  static Sum zero() { return vdupq_n_s32(0); }
  static Vec value(Sum sum) { return {vcvtq_f32_s32(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Stores the nearest integers of 0 … 255, less 128.
  static void store(Input* p, Vec v) { store_first(p, v, Vec::kLanes); }
  static void store_first(Input* p, Vec v, int64_t count) {
    const int16x4_t wide = vsub_s16(vqmovn_s32(vcvtnq_s32_f32(v.value)), vdup_n_s16(128));
    const int8x8_t bytes = vqmovn_s16(vcombine_s16(wide, wide));
    __builtin_memcpy(p, &bytes, static_cast<size_t>(count));
  }
};

}  // namespace
}  // namespace gatun::kernels
