// s8 × s8 products of AArch64 with SDOT.
#pragma once

#include "cpu/isa/bytes_signed.h"

namespace gatun::kernels {
namespace {

struct ByteProduct : SignedBytes {
  using Weights = int8x16_t;
  using Inputs = int8x16_t;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;

  static Weights load(const Weight* p) { return vld1q_s8(p); }
  /// Four inputs in the first lane, the only one that dot() reads: a plain scalar load, where one
  /// to every lane would also take a slot of the multipliers.
  static Inputs broadcast(const Input* p) {
    float quad;
    __builtin_memcpy(&quad, p, sizeof quad);
    Inputs lanes;
    __asm__("" : "=w"(lanes) : "0"(quad));
    return lanes;
  }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    return vdotq_laneq_s32(sum, weights, inputs, 0);
  }
};

}  // namespace
}  // namespace gatun::kernels
