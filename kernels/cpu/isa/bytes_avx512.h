// u8 × s8 products of AVX-512 BW without VNNI: see bytes_avx2.h.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct ByteProduct {
  using Input = int16_t;
  using Weight = int8_t;
  using Weights = __m512i;
  using Inputs = __m512i;
  using Sum = __m512i;
  static constexpr int64_t kDepth = 2;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;
  static constexpr float kShift = 0.0f;

  static Sum zero() { return _mm512_setzero_si512(); }
  static Weights load(const Weight* p) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Inputs broadcast(const Input* p) {
    int32_t pair;
    __builtin_memcpy(&pair, p, sizeof pair);
    return _mm512_set1_epi32(pair);
  }
  /// GCC 12 spills arrays of sums around the intrinsics; it leaves this form in registers.
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    __asm__("vpmaddwd %2, %1, %1\n\tvpaddd %1, %0, %0" : "+v"(sum), "+v"(inputs) : "v"(weights));
    return sum;
  }
  static Vec value(Sum sum) { return {_mm512_cvtepi32_ps(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Stores the nearest integers of 0 … 255.
  static void store(Input* p, Vec v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p),
                        _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(v.value)));
  }
  static void store_first(Input* p, Vec v, int64_t count) {
    _mm512_mask_cvtepi32_storeu_epi16(p, Vec::first_lanes(count), _mm512_cvtps_epi32(v.value));
  }
};

}  // namespace
}  // namespace gatun::kernels
