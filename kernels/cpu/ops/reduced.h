// Linear layers in reduced precision: rows of activations times panels of packed weights.
#pragma once

#include "cpu/ops/finish.h"

namespace gatun::kernels {
namespace {

/// Most rows of one block of results, the buffer between the product and its finish: 32 rows of two
/// AMX tiles, or a few register tiles.
constexpr int64_t kBlockRows = 32;

/// Rows that meet one panel before the next: their operand fills half of an L2 cache of 1 MiB.
int64_t rows_per_sweep(int64_t stride) {
  constexpr int64_t kBytes = 512 * 1024;
  return larger(kBytes / larger(stride, 1) / kBlockRows, 1) * kBlockRows;
}

/// Sums of rows × one panel in register tiles.
template <class Product>
struct RegisterTiles {
  static constexpr int64_t kRows = kBlockRows / Product::kRows * Product::kRows;

  void block(const typename Product::Input* a, int64_t a_stride, int64_t rows,
             const typename Product::Weight* panel, const PackedSizes& sizes, float* sums) const {
    constexpr int64_t kColumns = Product::kVectors * Vec::kLanes;
    int64_t r = 0;
    for (; r + Product::kRows <= rows; r += Product::kRows) {
      product_tile<Product, Product::kRows, Product::kVectors, false>(
          a + r * a_stride, a_stride, panel, kColumns, sizes.steps, sums + r * kColumns, kColumns);
    }
    product_rest<Product, Product::kRows - 1, Product::kVectors, false>(
        rows - r, a + r * a_stride, a_stride, panel, kColumns, sizes.steps, sums + r * kColumns,
        kColumns);
  }
};

template <class Product, class Tiles>
void multiply_panels(const ReducedLinear& linear, const Operand& x, int64_t rows,
                     int64_t panel_first, int64_t panel_count, const ReducedOutput& output,
                     Tiles tiles) {
  const PackedSizes sizes = sizes_of<Product>(linear.shape);
  const PackedParts<Product> parts(linear.shape, sizes, const_cast<void*>(linear.packed));
  const int64_t panel_end =
      panel_first + smaller(panel_count, sizes.columns / sizes.panel_columns - panel_first);
  const int64_t a_stride = x.stride / static_cast<int64_t>(sizeof(typename Product::Input));
  const auto* a = static_cast<const typename Product::Input*>(x.rows);
  alignas(64) float sums[kBlockRows * Product::kVectors * Vec::kLanes];
  const int64_t sweep = rows_per_sweep(x.stride);
  for (int64_t start = 0; start < rows; start += sweep) {
    const int64_t end = smaller(rows, start + sweep);
    for (int64_t p = panel_first; p < panel_end; ++p) {
      const auto* panel = parts.panels + p * sizes.steps * Product::kDepth * sizes.panel_columns;
      for (int64_t r = start; r < end; r += Tiles::kRows) {
        const int64_t count = smaller(Tiles::kRows, end - r);
        tiles.block(a + r * a_stride, a_stride, count, panel, sizes, sums);
        finish<Product>(linear.shape, parts,
                        {sums, sizes.panel_columns, r, count, p * sizes.panel_columns}, x, output);
      }
    }
  }
}

}  // namespace
}  // namespace gatun::kernels
