// Vec of sixteen lanes: AVX-512 F, BW, DQ and VL.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace gatun::kernels {
namespace {

using Mask = __mmask16;

struct Vec {
  static constexpr int64_t kLanes = 16;
  // linear(): 8 × 3 sums, three weights and one broadcast input use 28 of 32 registers; eleven
  // loads feed 24 FMAs, well under the two loads a cycle that two FMA ports leave room for.
  static constexpr int kLinearRows = 8;
  static constexpr int kLinearVectors = 3;
  // attend(): two vectors divide kKeyBlock and the usual head sizes 32 and 64; eight rows cover the
  // FMA latency twice and divide kQueryBlock.
  static constexpr int kAttendRows = 8;
  static constexpr int kAttendVectors = 2;
  // Reduced products: 6 × 4 sums, four weights and one input use 29 of 32 registers, and the number
  // of vectors is even.
  static constexpr int kReducedRows = 6;
  static constexpr int kReducedVectors = 4;

  __m512 value;

  static Mask first_lanes(int64_t count) { return static_cast<Mask>((1u << count) - 1u); }

  static Vec zero() { return {_mm512_setzero_ps()}; }
  static Vec broadcast(float x) { return {_mm512_set1_ps(x)}; }
  static Vec load(const float* p) { return {_mm512_loadu_ps(p)}; }
  /// First `count` lanes of memory (0 ≤ count < kLanes), the others zero.
  static Vec load_first(const float* p, int64_t count) {
    return {_mm512_maskz_loadu_ps(first_lanes(count), p)};
  }
  void store(float* p) const { _mm512_storeu_ps(p, value); }
  void store_first(float* p, int64_t count) const {
    _mm512_mask_storeu_ps(p, first_lanes(count), value);
  }

  static Vec load_bf16(const void* p) {
    const __m256i stored = _mm256_loadu_si256(static_cast<const __m256i*>(p));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(stored), 16))};
  }
  static Vec load_f16(const void* p) {
    return {_mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(p)))};
  }

  /// Transposes the 16 × 16 matrix whose rows are `rows`: pairs, quads, then 128-bit lanes twice.
  static void transpose(Vec (&rows)[kLanes]) {
    __m512 pairs[16];
    for (int i = 0; i < 16; i += 2) {
      pairs[i] = _mm512_unpacklo_ps(rows[i].value, rows[i + 1].value);
      pairs[i + 1] = _mm512_unpackhi_ps(rows[i].value, rows[i + 1].value);
    }
    __m512 quads[16];
    for (int i = 0; i < 16; i += 4) {
      quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
      quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
      quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
      quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
    }
    for (int i = 0; i < 4; ++i) {
      const __m512 even_low = _mm512_shuffle_f32x4(quads[i], quads[i + 4], 0x88);
      const __m512 odd_low = _mm512_shuffle_f32x4(quads[i], quads[i + 4], 0xdd);
      const __m512 even_high = _mm512_shuffle_f32x4(quads[i + 8], quads[i + 12], 0x88);
      const __m512 odd_high = _mm512_shuffle_f32x4(quads[i + 8], quads[i + 12], 0xdd);
      rows[i].value = _mm512_shuffle_f32x4(even_low, even_high, 0x88);
      rows[i + 4].value = _mm512_shuffle_f32x4(odd_low, odd_high, 0x88);
      rows[i + 8].value = _mm512_shuffle_f32x4(even_low, even_high, 0xdd);
      rows[i + 12].value = _mm512_shuffle_f32x4(odd_low, odd_high, 0xdd);
    }
  }
};

Vec operator+(Vec a, Vec b) { return {_mm512_add_ps(a.value, b.value)}; }
Vec operator-(Vec a, Vec b) { return {_mm512_sub_ps(a.value, b.value)}; }
Vec operator*(Vec a, Vec b) { return {_mm512_mul_ps(a.value, b.value)}; }
Vec operator/(Vec a, Vec b) { return {_mm512_div_ps(a.value, b.value)}; }
/// a·b + c, rounded once.
Vec fma(Vec a, Vec b, Vec c) { return {_mm512_fmadd_ps(a.value, b.value, c.value)}; }
/// max and min return b when either operand is not a number.
Vec max(Vec a, Vec b) { return {_mm512_max_ps(a.value, b.value)}; }
Vec min(Vec a, Vec b) { return {_mm512_min_ps(a.value, b.value)}; }
Vec abs(Vec a) { return {_mm512_abs_ps(a.value)}; }
/// a within ±limit, its sign kept.
Vec limited(Vec a, Vec limit) { return {_mm512_range_ps(a.value, limit.value, 2)}; }
Mask less(Vec a, Vec b) { return _mm512_cmp_ps_mask(a.value, b.value, _CMP_LT_OQ); }
Vec select(Mask mask, Vec yes, Vec no) { return {_mm512_mask_blend_ps(mask, no.value, yes.value)}; }
/// Nearest integer, ties to even.
Vec nearest(Vec a) {
  return {_mm512_roundscale_ps(a.value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
/// 2ⁿ for an integer −126 ≤ n ≤ 127.
Vec power_of_two(Vec n) {
  const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n.value), _mm512_set1_epi32(127));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23))};
}
/// What scale_by_power() takes: everything.
Vec exponent_range(Vec x) { return x; }
/// x − ⌊x⌋.
Vec fraction(Vec x) {
  return {_mm512_reduce_ps(x.value, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)};
}
/// v·2^⌊x⌋.
Vec scale_by_power(Vec v, Vec x) { return {_mm512_scalef_ps(v.value, x.value)}; }
float first_of(Vec a) { return _mm512_cvtss_f32(a.value); }
float sum_of(Vec a) { return _mm512_reduce_add_ps(a.value); }
float max_of(Vec a) { return _mm512_reduce_max_ps(a.value); }

}  // namespace
}  // namespace gatun::kernels
