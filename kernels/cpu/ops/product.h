// The register tile of reduced-precision products, over the policies of a tier.
//
// A Product names how one 32-bit lane multiplies kDepth neighbouring inputs at once:
//   Input, Weight   stored element types
//   Weights, Inputs, Sum   registers
//   kDepth          inputs per lane and step
//   kRows, kVectors sums of a tile that stay in registers; kVectors is even, see ColumnPairs
//   zero(), load(), broadcast(), dot(), value()
// Products of halves also convert between Vec and half elements, those of bytes store bytes.
#pragma once

#include "cpu/ops/tile.h"

namespace gatun::kernels {
namespace {

/// fp32 inputs and weights of one kind of element each, multiplied by fma.
template <class Stored>
struct FmaProduct {
  using Input = float;
  using Weight = Stored;
  using Weights = Vec;
  using Inputs = Vec;
  using Sum = Vec;
  static constexpr int64_t kDepth = 1;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;

  static Sum zero() { return Vec::zero(); }
  static Weights load(const float* p) { return Vec::load(p); }
  static Weights load(const uint16_t* p) { return Vec::load_bf16(p); }
  static Inputs broadcast(const Input* p) { return Vec::broadcast(*p); }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) { return fma(inputs, weights, sum); }
  static Vec value(Sum sum) { return sum; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Half elements of this tier are fp32.
  static Vec value_at(const Input* p) { return Vec::load(p); }
  static Vec one_at(const Input* p) { return Vec::broadcast(*p); }
  static Vec first_at(const Input* p, int64_t count) { return Vec::load_first(p, count); }
  static void store_first(Input* p, Vec v, int64_t count) {
    if (count == Vec::kLanes) {
      v.store(p);
    } else {
      v.store_first(p, count);
    }
  }
  static void store_pair(Input* p, Vec a, Vec b) {
    a.store(p);
    b.store(p + Vec::kLanes);
  }

  /// See pack_keys() and pack_values() of attend_half.h.
  static void pack_keys(const Input* source, int64_t stride, int64_t count, int64_t dim,
                        int64_t padded_dim, int64_t columns, float* packed) {
    pack_transposed(source, stride, count, dim, columns, packed);
    for (int64_t i = dim * columns; i < padded_dim * columns; ++i) packed[i] = 0.0f;
  }
  static void pack_values(const Input* source, int64_t stride, int64_t count, int64_t dim,
                          int64_t padded_dim, int64_t padded_count, float* packed) {
    for (int64_t t = 0; t < padded_count; ++t, source += stride, packed += padded_dim) {
      const int64_t present = t < count ? dim : 0;
      for (int64_t i = 0; i < present; ++i) packed[i] = source[i];
      for (int64_t i = present; i < padded_dim; ++i) packed[i] = 0.0f;
    }
  }
};

/// Inputs per 64 bytes: operands and panels are padded to whole ones, because AMX multiplies 64
/// bytes at a time; the other tiers read them the same way.
template <class Product>
constexpr int64_t product_step_inputs() {
  return 64 / static_cast<int64_t>(sizeof(typename Product::Input));
}

/// out[i, j] = or += Σ a[i]·panel[…, j] over `steps` groups of kDepth inputs; a panel step holds
/// `columns`·kDepth weights. Vector j of row i is at out + i·out_stride + j·lanes.
template <class Product, int kRows, int kVectors, bool kAdd>
[[gnu::noinline]] void product_tile(const typename Product::Input* a, int64_t a_stride,
                                    const typename Product::Weight* panel, int64_t columns,
                                    int64_t steps, float* out, int64_t out_stride) {
  typename Product::Sum sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) sums[i][j] = Product::zero();
  }
  for (int64_t s = 0; s < steps; ++s, panel += columns * Product::kDepth) {
    typename Product::Weights weights[kVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      weights[j] = Product::load(panel + j * Vec::kLanes * Product::kDepth);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const typename Product::Inputs inputs =
          Product::broadcast(a + i * a_stride + s * Product::kDepth);
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) sums[i][j] = Product::dot(sums[i][j], weights[j], inputs);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      float* at = out + i * out_stride + j * Vec::kLanes;
      const Vec sum = Product::value(sums[i][j]);
      (kAdd ? Vec::load(at) + sum : sum).store(at);
    }
  }
}

/// A tile of 1 … kRows rows.
template <class Product, int kRows, int kVectors, bool kAdd>
void product_rest(int64_t rows, const typename Product::Input* a, int64_t a_stride,
                  const typename Product::Weight* panel, int64_t columns, int64_t steps, float* out,
                  int64_t out_stride) {
  if constexpr (kRows > 0) {
    if (rows == kRows) {
      return product_tile<Product, kRows, kVectors, kAdd>(a, a_stride, panel, columns, steps, out,
                                                          out_stride);
    }
    product_rest<Product, kRows - 1, kVectors, kAdd>(rows, a, a_stride, panel, columns, steps, out,
                                                     out_stride);
  }
}

}  // namespace
}  // namespace gatun::kernels
