// Vec of eight lanes: AVX2 with FMA and F16C.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace gatun::kernels {
namespace {

using Mask = __m256;

struct Vec {
  static constexpr int64_t kLanes = 8;
  // linear(): 6 × 2 sums, two weights and one broadcast input use 15 of 16 registers, and twelve
  // independent sums cover 4 cycles of FMA latency on 2 ports.
  static constexpr int kLinearRows = 6;
  static constexpr int kLinearVectors = 2;
  // attend(): 4 × 2 sums are the fewest that cover the latency and divide kQueryBlock.
  static constexpr int kAttendRows = 4;
  static constexpr int kAttendVectors = 2;
  // Reduced products: as linear(); an even number of vectors.
  static constexpr int kReducedRows = 6;
  static constexpr int kReducedVectors = 2;

  __m256 value;

  static __m256i first_lanes(int64_t count) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int32_t>(count)), lane);
  }

  static Vec zero() { return {_mm256_setzero_ps()}; }
  static Vec broadcast(float x) { return {_mm256_set1_ps(x)}; }
  static Vec load(const float* p) { return {_mm256_loadu_ps(p)}; }
  /// First `count` lanes of memory (0 ≤ count < kLanes), the others zero.
  static Vec load_first(const float* p, int64_t count) {
    return {_mm256_maskload_ps(p, first_lanes(count))};
  }
  void store(float* p) const { _mm256_storeu_ps(p, value); }
  void store_first(float* p, int64_t count) const {
    _mm256_maskstore_ps(p, first_lanes(count), value);
  }

  static Vec load_bf16(const void* p) {
    const __m128i stored = _mm_loadu_si128(static_cast<const __m128i*>(p));
    return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(stored), 16))};
  }
  static Vec load_f16(const void* p) {
    return {_mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(p)))};
  }

  /// Transposes the 8 × 8 matrix whose rows are `rows`: pairs, quads, then halves.
  static void transpose(Vec (&rows)[kLanes]) {
    __m256 pairs[8];
    for (int i = 0; i < 8; i += 2) {
      pairs[i] = _mm256_unpacklo_ps(rows[i].value, rows[i + 1].value);
      pairs[i + 1] = _mm256_unpackhi_ps(rows[i].value, rows[i + 1].value);
    }
    __m256 quads[8];
    for (int i = 0; i < 8; i += 4) {
      quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
      quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
      quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
      quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    for (int i = 0; i < 4; ++i) {
      rows[i].value = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x20);
      rows[i + 4].value = _mm256_permute2f128_ps(quads[i], quads[i + 4], 0x31);
    }
  }
};

Vec operator+(Vec a, Vec b) { return {_mm256_add_ps(a.value, b.value)}; }
Vec operator-(Vec a, Vec b) { return {_mm256_sub_ps(a.value, b.value)}; }
Vec operator*(Vec a, Vec b) { return {_mm256_mul_ps(a.value, b.value)}; }
Vec operator/(Vec a, Vec b) { return {_mm256_div_ps(a.value, b.value)}; }
/// a·b + c, rounded once.
Vec fma(Vec a, Vec b, Vec c) { return {_mm256_fmadd_ps(a.value, b.value, c.value)}; }
/// max and min return b when either operand is not a number.
Vec max(Vec a, Vec b) { return {_mm256_max_ps(a.value, b.value)}; }
Vec min(Vec a, Vec b) { return {_mm256_min_ps(a.value, b.value)}; }
Vec abs(Vec a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.value)}; }
/// a within ±limit, its sign kept.
Vec limited(Vec a, Vec limit) { return max(Vec::zero() - limit, min(limit, a)); }
Mask less(Vec a, Vec b) { return _mm256_cmp_ps(a.value, b.value, _CMP_LT_OQ); }
Vec select(Mask mask, Vec yes, Vec no) { return {_mm256_blendv_ps(no.value, yes.value, mask)}; }
/// Nearest integer, ties to even.
Vec nearest(Vec a) {
  return {_mm256_round_ps(a.value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
/// 2ⁿ for an integer −126 ≤ n ≤ 127.
Vec power_of_two(Vec n) {
  const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n.value), _mm256_set1_epi32(127));
  return {_mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23))};
}
Vec floor(Vec x) { return {_mm256_floor_ps(x.value)}; }
/// What scale_by_power() takes: x ≥ −126, the others as −126.
Vec exponent_range(Vec x) { return max(Vec::broadcast(-126.0f), x); }
/// x − ⌊x⌋.
Vec fraction(Vec x) { return x - floor(x); }
/// v·2^⌊x⌋ for −126 ≤ x < 128.
Vec scale_by_power(Vec v, Vec x) { return v * power_of_two(floor(x)); }
float first_of(Vec a) { return _mm256_cvtss_f32(a.value); }
float sum_of(Vec a) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(a.value), _mm256_extractf128_ps(a.value, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
float max_of(Vec a) {
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(a.value), _mm256_extractf128_ps(a.value, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

}  // namespace
}  // namespace gatun::kernels
