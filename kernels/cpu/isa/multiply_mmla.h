// multiply() and the two products of attend_half() on the matrix instructions of AArch64. One
// multiplies two rows of inputs with two columns of weights; kDepth inputs of a column stand side
// by side in a panel, so two neighbouring columns are one register.
#pragma once

#include "cpu/ops/attend_half.h"
#include "cpu/ops/peak.h"
#include "cpu/ops/reduced.h"

namespace gatun::kernels {
namespace {

/// Stores 2 × 4 sums of the columns of `left` and `right`; the second row when there is one.
template <class Product, bool kAdd>
[[gnu::always_inline]] inline void store_rows(typename Product::Sum left,
                                              typename Product::Sum right, bool both, float* out,
                                              int64_t stride) {
  const auto a = vreinterpretq_f64_f32(Product::value(left).value);
  const auto b = vreinterpretq_f64_f32(Product::value(right).value);
  const Vec rows[2] = {{vreinterpretq_f32_f64(vzip1q_f64(a, b))},
                       {vreinterpretq_f32_f64(vzip2q_f64(a, b))}};
  (kAdd ? Vec::load(out) + rows[0] : rows[0]).store(out);
  if (both) (kAdd ? Vec::load(out + stride) + rows[1] : rows[1]).store(out + stride);
}

/// out = or += a·panel for 1 … 2·kPairs rows, as product_tile(). 3 × 8 sums, three inputs and the
/// weights on their way use 28 and more of 32 registers.
template <class Product, int kPairs, int kVectors, bool kAdd>
[[gnu::noinline]] void matrix_tile(const typename Product::Input* a, int64_t a_stride, int64_t rows,
                                   const typename Product::Weight* panel, int64_t columns,
                                   int64_t steps, float* out, int64_t out_stride) {
  constexpr int kColumnPairs = kVectors * 2;
  typename Product::Sum sums[kPairs][kColumnPairs];
  const typename Product::Input* second[kPairs];
#pragma GCC unroll 4
  for (int i = 0; i < kPairs; ++i) {
    // An odd row is its own neighbour; the sums of that are dropped.
    second[i] = a + (2 * i + (2 * i + 1 < rows ? 1 : 0)) * a_stride;
#pragma GCC unroll 8
    for (int j = 0; j < kColumnPairs; ++j) sums[i][j] = Product::zero();
  }
  for (int64_t s = 0; s < steps; ++s, panel += columns * Product::kDepth) {
    typename Product::Inputs inputs[kPairs];
#pragma GCC unroll 4
    for (int i = 0; i < kPairs; ++i) {
      inputs[i] = Product::rows(a + 2 * i * a_stride + s * Product::kDepth,
                                second[i] + s * Product::kDepth);
    }
#pragma GCC unroll 8
    for (int j = 0; j < kColumnPairs; ++j) {
      const typename Product::Weights weights = Product::load(panel + j * 2 * Product::kDepth);
#pragma GCC unroll 4
      for (int i = 0; i < kPairs; ++i) {
        sums[i][j] = Product::dot(sums[i][j], weights, inputs[i]);
      }
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < kPairs; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kColumnPairs; j += 2) {
      store_rows<Product, kAdd>(sums[i][j], sums[i][j + 1], 2 * i + 1 < rows,
                                out + 2 * i * out_stride + j * 2, out_stride);
    }
  }
}

/// Any number of rows in tiles of six, the rest in one of two or four.
template <class Product, int kVectors, bool kAdd>
void matrix_rows(const typename Product::Input* a, int64_t a_stride, int64_t rows,
                 const typename Product::Weight* panel, int64_t columns, int64_t steps, float* out,
                 int64_t out_stride) {
  int64_t r = 0;
  for (; rows - r > 4; r += 6) {
    matrix_tile<Product, 3, kVectors, kAdd>(a + r * a_stride, a_stride, smaller(rows - r, 6), panel,
                                            columns, steps, out + r * out_stride, out_stride);
  }
  const auto rest = rows - r > 2   ? matrix_tile<Product, 2, kVectors, kAdd>
                    : rows - r > 0 ? matrix_tile<Product, 1, kVectors, kAdd>
                                   : nullptr;
  if (rest != nullptr) {
    rest(a + r * a_stride, a_stride, rows - r, panel, columns, steps, out + r * out_stride,
         out_stride);
  }
}

/// Sums of rows × one panel, after what is left to do of the block before.
template <class Product>
struct MatrixTiles {
  static constexpr int64_t kRows = kBlockRows / Product::kRows * Product::kRows;

  template <class Meanwhile>
  void block(const typename Product::Input* a, int64_t a_stride, int64_t rows,
             const typename Product::Weight* panel, const PackedSizes& sizes, float* sums,
             const Ahead&, const Meanwhile& meanwhile) const {
    meanwhile(0, 1);
    constexpr int64_t kColumns = Product::kVectors * Vec::kLanes;
    matrix_rows<Product, Product::kVectors, false>(a, a_stride, rows, panel, kColumns, sizes.steps,
                                                   sums, kColumns);
  }
};

void multiply(const ReducedLinear& linear, const Operand& x, int64_t rows, int64_t panel_first,
              int64_t panel_count, const ReducedOutput& output) {
  if (linear.shape.precision == Precision::kInt8) {
    multiply_panels<ByteProduct>(linear, x, rows, panel_first, panel_count, output,
                                 MatrixTiles<ByteProduct>());
  } else {
    multiply_panels<HalfProduct>(linear, x, rows, panel_first, panel_count, output,
                                 MatrixTiles<HalfProduct>());
  }
}

double peak(Precision precision, int64_t steps) { return spin(precision, steps); }

/// The two products of attention; see RegisterProducts.
struct MatrixProducts {
  static constexpr int kVectors = AttendProduct::kVectors;
  static constexpr int64_t kColumns = kVectors * Vec::kLanes;
  static constexpr int64_t kDepth = AttendProduct::kDepth;

  static void scores(const AttendInput* q, int64_t width, int64_t rows, const AttendWeight* keys,
                     int64_t key, float* all) {
    for (int64_t j = key; j < key + kKeyStep; j += kColumns) {
      matrix_rows<AttendProduct, kVectors, false>(q, width, rows, keys + j * kDepth, kPackedKeys,
                                                  width / kDepth, all + j, kPackedKeys);
    }
  }

  static void values(const AttendInput* weights, int64_t rows, int64_t low, int64_t high,
                     const AttendWeight* values, int64_t width, int64_t column, float* sums) {
    for (int64_t c = column; c < column + kKeyStep; c += kColumns) {
      matrix_rows<AttendProduct, kVectors, true>(weights + low, kWeightStride, rows,
                                                 values + low * width + c * kDepth, width,
                                                 (high - low) / kDepth, sums + c, width);
    }
  }
};

void attend_half(const HalfAttention& attention) { attend_chunk<MatrixProducts>(attention); }

}  // namespace
}  // namespace gatun::kernels
