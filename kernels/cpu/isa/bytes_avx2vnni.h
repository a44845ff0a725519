// u8 × s8 products with AVX-VNNI: vpdpbusd on 256 bits.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct ByteProduct {
  using Input = uint8_t;
  using Weight = int8_t;
  using Weights = __m256i;
  using Inputs = __m256i;
  using Sum = __m256i;
  static constexpr int64_t kDepth = 4;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;
  static constexpr float kShift = 0.0f;

  static Sum zero() { return _mm256_setzero_si256(); }
  static Weights load(const Weight* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static Inputs broadcast(const Input* p) {
    int32_t quad;
    __builtin_memcpy(&quad, p, sizeof quad);
    return _mm256_set1_epi32(quad);
  }
  /// GCC 12 spills arrays of sums around the intrinsics; it leaves this form in registers.
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(inputs), "x"(weights));
    return sum;
  }
  static Vec value(Sum sum) { return {_mm256_cvtepi32_ps(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  static __m128i integers(Vec v) {
    const __m256i wide = _mm256_cvtps_epi32(v.value);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    return _mm_packus_epi16(words, words);
  }
  /// Stores the nearest integers of 0 … 255.
  static void store(Input* p, Vec v) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), integers(v));
  }
  static void store_first(Input* p, Vec v, int64_t count) {
    alignas(16) Input all[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(all), integers(v));
    for (int64_t i = 0; i < count; ++i) p[i] = all[i];
  }
};

}  // namespace
}  // namespace gatun::kernels
