// bf16 × bf16 products with AVX-512 BF16: vdpbf16ps, fp32 sums.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

template <int kTileVectors>
struct Bf16Product {
  using Input = uint16_t;
  using Weight = uint16_t;
  using Weights = __m512i;
  using Inputs = __m512i;
  using Sum = Vec;
  static constexpr int64_t kDepth = 2;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = kTileVectors;

  static Sum zero() { return Vec::zero(); }
  static Weights load(const Weight* p) { return _mm512_loadu_si512(p); }
  static Inputs broadcast(const Input* p) {
    int32_t pair;
    __builtin_memcpy(&pair, p, sizeof pair);
    return _mm512_set1_epi32(pair);
  }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) {
    __asm__("vdpbf16ps %2, %1, %0" : "+v"(sum.value) : "v"(inputs), "v"(weights));
    return sum;
  }
  static Vec value(Sum sum) { return sum; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  static Vec value_at(const Input* p) { return Vec::load_bf16(p); }
  static Vec one_at(const Input* p) {
    return {_mm512_castsi512_ps(_mm512_set1_epi32(static_cast<int32_t>(*p) << 16))};
  }
  static Vec first_at(const Input* p, int64_t count) {
    const __m256i stored = _mm256_maskz_loadu_epi16(Vec::first_lanes(count), p);
    return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(stored), 16))};
  }
  static void store_first(Input* p, Vec v, int64_t count) {
    const auto half = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v.value));
    _mm256_mask_storeu_epi16(p, Vec::first_lanes(count), half);
  }
  static void store_pair(Input* p, Vec a, Vec b) {
    _mm512_storeu_si512(p, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(b.value, a.value)));
  }

  /// Lanes of the 32 that hold one of `count` elements.
  static __mmask32 present(int64_t count) {
    return count >= 32 ? ~0u : count <= 0 ? 0u : (1u << count) - 1u;
  }

  /// Pairs of neighbouring dimensions, keys side by side.
  static void pack_keys(const Input* source, int64_t stride, int64_t count, int64_t dim,
                        int64_t padded_dim, int64_t columns, Weight* packed) {
    for (int64_t key = 0; key < round_up(count, 2 * Vec::kLanes); key += Vec::kLanes) {
      for (int64_t i = 0; i < padded_dim; i += 32) {
        const __mmask32 mask = present(dim - i);
        const Input* from = source + key * stride + i;
        Vec block[16];
#pragma GCC unroll 16
        for (int64_t t = 0; t < 16; ++t) {
          const __m512i pairs =
              _mm512_maskz_loadu_epi16(key + t < count ? mask : 0u, from + t * stride);
          block[t].value = _mm512_castsi512_ps(pairs);
        }
        Vec::transpose(block);
#pragma GCC unroll 16
        for (int64_t u = 0; u < 16; ++u) {
          block[u].store(reinterpret_cast<float*>(packed + ((i / 2 + u) * columns + key) * 2));
        }
      }
    }
  }

  /// Pairs of neighbouring keys, dimensions side by side.
  static void pack_values(const Input* source, int64_t stride, int64_t count, int64_t dim,
                          int64_t padded_dim, int64_t padded_count, Weight* packed) {
    alignas(64) static constexpr uint16_t kLow[32] = {0,  32, 1,  33, 2,  34, 3,  35, 4,  36, 5,
                                                      37, 6,  38, 7,  39, 8,  40, 9,  41, 10, 42,
                                                      11, 43, 12, 44, 13, 45, 14, 46, 15, 47};
    const __m512i low = _mm512_load_si512(kLow);
    const __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(16));
    for (int64_t t = 0; t < padded_count; t += 2) {
      for (int64_t i = 0; i < padded_dim; i += 32) {
        const __mmask32 mask = present(dim - i);
        const Input* from = source + t * stride + i;
        const __m512i even = _mm512_maskz_loadu_epi16(t < count ? mask : 0u, from);
        const __m512i odd = _mm512_maskz_loadu_epi16(t + 1 < count ? mask : 0u, from + stride);
        Weight* to = packed + t * padded_dim + i * 2;
        _mm512_storeu_si512(to, _mm512_permutex2var_epi16(even, low, odd));
        _mm512_storeu_si512(to + 32, _mm512_permutex2var_epi16(even, high, odd));
      }
    }
  }
};

/// Attention: as linear layers, with fewer sums so that eight rows divide the tile.
struct AttendProduct : Bf16Product<2> {
  static constexpr int kRows = Vec::kAttendRows;
};

}  // namespace
}  // namespace gatun::kernels
