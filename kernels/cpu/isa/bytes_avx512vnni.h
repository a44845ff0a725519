// u8 × s8 products with AVX-512 VNNI: vpdpbusd on 512 bits.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

/// A tile of kTileRows × kTileVectors sums. 12 × 2 of them, two weights and one input use 27 of 32
/// registers, and the panel of 768 inputs, 24 KiB, stays in a first-level cache as a whole: a tile
/// sums to its end.
template <int kTileRows, int kTileVectors>
struct VnniProduct {
  using Input = uint8_t;
  using Weight = int8_t;
  using Weights = __m512i;
  using Inputs = __m512i;
  using Sum = __m512i;
  static constexpr int64_t kDepth = 4;
  static constexpr int kRows = kTileRows;
  static constexpr int kVectors = kTileVectors;
  static constexpr float kShift = 0.0f;

  static Sum zero() { return _mm512_setzero_si512(); }
  static Weights load(const Weight* p) { return _mm512_loadu_si512(p); }
  static Inputs broadcast(const Input* p) {
    int32_t quad;
    __builtin_memcpy(&quad, p, sizeof quad);
    return _mm512_set1_epi32(quad);
  }
  /// GCC 12 spills arrays of sums around the intrinsic; it leaves this form in registers.
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(inputs), "v"(weights));
    return sum;
  }
  static Vec value(Sum sum) { return {_mm512_cvtepi32_ps(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Stores the nearest integers of 0 … 255.
  static void store(Input* p, Vec v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(v.value)));
  }
  static void store_first(Input* p, Vec v, int64_t count) {
    _mm512_mask_cvtusepi32_storeu_epi8(p, Vec::first_lanes(count), _mm512_cvtps_epi32(v.value));
  }
};

}  // namespace
}  // namespace gatun::kernels
