// The register tile under linear() and attend(), and the panels it reads.
//
// A panel holds kVectors·kLanes columns of a matrix, one depth step after the other:
// panel[k·width + c]. The tile walks it once, front to back.
#pragma once

#include "cpu/ops/span.h"

namespace gatun::kernels {
namespace {

/// sums[i][j] += Σ_k a[i·a_stride + k]·panel[k·width + j·lanes …], the sums staying in registers.
template <int kRows, int kVectors>
[[gnu::always_inline]] inline void multiply_tile(const float* a, int64_t a_stride,
                                                 const float* panel, int64_t depth,
                                                 Vec (&sums)[kRows][kVectors]) {
  for (int64_t k = 0; k < depth; ++k, panel += kVectors * Vec::kLanes) {
    Vec weights[kVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) weights[j] = Vec::load(panel + j * Vec::kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec input = Vec::broadcast(a[i * a_stride + k]);
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) sums[i][j] = fma(input, weights[j], sums[i][j]);
    }
  }
}

template <int kRows, int kVectors>
[[gnu::always_inline]] inline void clear_tile(Vec (&sums)[kRows][kVectors]) {
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) sums[i][j] = Vec::zero();
  }
}

/// Columns of panels from rows of `source` [columns, depth]: panel p holds source rows
/// p·width … as its columns. Columns past the end become zero, so that no tile needs a tail.
void pack_transposed(const float* source, int64_t stride, int64_t columns, int64_t depth,
                     int64_t width, float* panels) {
  const int64_t padded = round_up(columns, width);
  for (int64_t c = 0; c < padded; c += Vec::kLanes) {
    float* panel = panels + c / width * width * depth + c % width;
    const int64_t present = smaller(Vec::kLanes, larger(0, columns - c));
    for (int64_t k = 0; k < depth; k += Vec::kLanes) {
      const int64_t steps = smaller(Vec::kLanes, depth - k);
      Vec block[Vec::kLanes];
      for (int64_t i = 0; i < Vec::kLanes; ++i) {
        const float* from = source + (c + i) * stride + k;
        block[i] = i >= present           ? Vec::zero()
                   : steps == Vec::kLanes ? Vec::load(from)
                                          : Vec::load_first(from, steps);
      }
      Vec::transpose(block);
      for (int64_t i = 0; i < steps; ++i) block[i].store(panel + (k + i) * width);
    }
  }
}

/// Panels from `source` [depth, columns] as it lies, columns past the end zero.
void pack_straight(const float* source, int64_t stride, int64_t depth, int64_t columns,
                   int64_t width, float* panels) {
  const int64_t padded = round_up(columns, width);
  for (int64_t c = 0; c < padded; c += Vec::kLanes) {
    float* panel = panels + c / width * width * depth + c % width;
    const int64_t present = columns - c;
    for (int64_t k = 0; k < depth; ++k) {
      const float* from = source + k * stride + c;
      const Vec v = present >= Vec::kLanes ? Vec::load(from)
                    : present > 0          ? Vec::load_first(from, present)
                                           : Vec::zero();
      v.store(panel + k * width);
    }
  }
}

}  // namespace
}  // namespace gatun::kernels
