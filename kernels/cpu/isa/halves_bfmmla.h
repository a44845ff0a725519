// bf16 × bf16 products of AArch64 with BFMMLA: two rows of four inputs times two columns, fp32
// sums.
#pragma once

#include <cstddef>

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct HalfProduct {
  using Input = uint16_t;
  using Weight = uint16_t;
  using Weights = bfloat16x8_t;
  using Inputs = bfloat16x8_t;
  using Sum = float32x4_t;
  static constexpr int64_t kDepth = 4;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;

  static Sum zero() { return vdupq_n_f32(0.0f); }
  static Weights load(const Weight* p) { return vreinterpretq_bf16_u16(vld1q_u16(p)); }
  static Inputs rows(const Input* first, const Input* second) {
    return vreinterpretq_bf16_u16(vcombine_u16(vld1_u16(first), vld1_u16(second)));
  }
  static Inputs broadcast(const Input* p) { return rows(p, p); }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    return vbfmmlaq_f32(sum, inputs, weights);
  }
  static Vec value(Sum sum) { return {sum}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  static Vec value_at(const Input* p) { return Vec::load_bf16(p); }
  static Vec one_at(const Input* p) {
    return {vreinterpretq_f32_u32(vdupq_n_u32(static_cast<uint32_t>(*p) << 16))};
  }
  static Vec first_at(const Input* p, int64_t count) {
    Input halves[Vec::kLanes] = {};
    __builtin_memcpy(halves, p, static_cast<size_t>(count) * sizeof(Input));
    return Vec::load_bf16(halves);
  }
  static void store_first(Input* p, Vec v, int64_t count) {
    const bfloat16x4_t halves = vcvt_bf16_f32(v.value);
    __builtin_memcpy(p, &halves, static_cast<size_t>(count) * sizeof(Input));
  }
  static void store_pair(Input* p, Vec a, Vec b) {
    const bfloat16x8_t low = vcvtq_low_bf16_f32(a.value);
    vst1q_u16(p, vreinterpretq_u16_bf16(vcvtq_high_bf16_f32(low, b.value)));
  }

  /// Eight halves of a row of `source`, zero past `present`.
  static uint16x8_t load_eight(const Input* source, int64_t present) {
    if (present >= 8) return vld1q_u16(source);
    Input halves[8] = {};
    if (present > 0) {
      __builtin_memcpy(halves, source, static_cast<size_t>(present) * sizeof(Input));
    }
    return vld1q_u16(halves);
  }

  /// Quads of neighbouring dimensions, keys side by side, in whole kKeyStep.
  static void pack_keys(const Input* source, int64_t stride, int64_t count, int64_t dim,
                        int64_t padded_dim, int64_t columns, Weight* packed) {
    for (int64_t key = 0; key < round_up(count, 32); ++key) {
      for (int64_t i = 0; i < padded_dim; i += 8) {
        const uint16x8_t halves = load_eight(source + key * stride + i, key < count ? dim - i : 0);
        vst1_u16(packed + i * columns + key * 4, vget_low_u16(halves));
        vst1_u16(packed + (i + 4) * columns + key * 4, vget_high_u16(halves));
      }
    }
  }

  /// Quads of neighbouring keys, dimensions side by side.
  static void pack_values(const Input* source, int64_t stride, int64_t count, int64_t dim,
                          int64_t padded_dim, int64_t padded_count, Weight* packed) {
    for (int64_t key = 0; key < padded_count; key += 4) {
      for (int64_t i = 0; i < padded_dim; i += 8) {
        uint16x8x4_t rows;
        for (int64_t t = 0; t < 4; ++t) {
          rows.val[t] = load_eight(source + (key + t) * stride + i, key + t < count ? dim - i : 0);
        }
        vst4q_u16(packed + key * padded_dim + i * 4, rows);
      }
    }
  }
};

using AttendProduct = HalfProduct;

}  // namespace
}  // namespace gatun::kernels
