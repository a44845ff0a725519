// s8 × s8 products of AArch64 without SDOT: two products fit 16 bits (2·128·127 < 2¹⁵), and pairs
// of those are added up in 32.
#pragma once

#include "cpu/isa/bytes_signed.h"

namespace gatun::kernels {
namespace {

/// 4 × 4 sums, four weights of two registers each, two inputs and a product.
struct ByteProduct : SignedBytes {
  /// The first and the second two inputs of every lane.
  struct Pairs {
    int8x8_t low;
    int8x8_t high;
  };
  using Weights = Pairs;
  using Inputs = Pairs;
  static constexpr int kRows = 4;
  static constexpr int kVectors = 4;

  static Weights load(const Weight* p) {
    const int16x8_t pairs = vreinterpretq_s16_s8(vld1q_s8(p));
    return {vreinterpret_s8_s16(vget_low_s16(vuzp1q_s16(pairs, pairs))),
            vreinterpret_s8_s16(vget_low_s16(vuzp2q_s16(pairs, pairs)))};
  }
  static Inputs broadcast(const Input* p) {
    int16_t pairs[2];
    __builtin_memcpy(pairs, p, sizeof pairs);
    return {vreinterpret_s8_s16(vdup_n_s16(pairs[0])), vreinterpret_s8_s16(vdup_n_s16(pairs[1]))};
  }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    const int16x8_t products = vmull_s8(weights.low, inputs.low);
    return vpadalq_s16(sum, vmlal_s8(products, weights.high, inputs.high));
  }
};

}  // namespace
}  // namespace gatun::kernels
