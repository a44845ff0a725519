// Linear layers in reduced precision: rows of activations times panels of packed weights.
#pragma once

#include "cpu/ops/finish.h"

namespace gatun::kernels {
namespace {

/// Most rows of one block of results, the buffer between the product and its finish: 32 rows of two
/// AMX tiles, or a few register tiles, which read a part of the panel from the first-level cache.
constexpr int64_t kBlockRows = 48;

/// Rows that meet one panel before the next: their operand fills half of an L2 cache of 1 MiB.
int64_t rows_per_sweep(int64_t stride) {
  constexpr int64_t kBytes = 512 * 1024;
  return larger(kBytes / larger(stride, 1) / kBlockRows, 1) * kBlockRows;
}

/// What a block fetches for the panel after its own.
struct Ahead {
  const char* next;
  int64_t bytes;
};

/// A share of the next panel for each block of this one.
Ahead ahead_of(const void* panel, int64_t panel_bytes, int64_t rows, bool wanted) {
  const int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  return {static_cast<const char*>(panel) + panel_bytes,
          wanted ? round_up(panel_bytes / blocks, 64) : 0};
}

/// Steps of a panel at a time: half of a first-level cache of 48 KiB, read again for every tile of
/// rows; a whole panel would come from the second level each time.
template <class Product>
constexpr int64_t kCachedSteps = 24 * 1024 /
                                 (Product::kVectors * Vec::kLanes * Product::kDepth *
                                  static_cast<int64_t>(sizeof(typename Product::Weight)));

/// Sums of rows × one panel in register tiles, after what is left to do of the block before.
template <class Product>
struct RegisterTiles {
  static constexpr int64_t kRows = kBlockRows / Product::kRows * Product::kRows;
  static constexpr int64_t kColumns = Product::kVectors * Vec::kLanes;

  template <class Meanwhile>
  void block(const typename Product::Input* a, int64_t a_stride, int64_t rows,
             const typename Product::Weight* panel, const PackedSizes& sizes, float* sums,
             const Ahead&, const Meanwhile& meanwhile) const {
    meanwhile(0, 1);
    const int64_t first = smaller(kCachedSteps<Product>, sizes.steps);
    tiles<false>(a, a_stride, rows, panel, first, sums);
    for (int64_t s = first; s < sizes.steps; s += kCachedSteps<Product>) {
      tiles<true>(a + s * Product::kDepth, a_stride, rows, panel + s * kColumns * Product::kDepth,
                  smaller(kCachedSteps<Product>, sizes.steps - s), sums);
    }
  }

 private:
  template <bool kAdd>
  static void tiles(const typename Product::Input* a, int64_t a_stride, int64_t rows,
                    const typename Product::Weight* panel, int64_t steps, float* sums) {
    int64_t r = 0;
    for (; r + Product::kRows <= rows; r += Product::kRows) {
      product_tile<Product, Product::kRows, Product::kVectors, kAdd>(
          a + r * a_stride, a_stride, panel, kColumns, steps, sums + r * kColumns, kColumns);
    }
    product_rest<Product, Product::kRows - 1, Product::kVectors, kAdd>(
        rows - r, a + r * a_stride, a_stride, panel, kColumns, steps, sums + r * kColumns,
        kColumns);
  }
};

/// Rows × panels, block by block. A block is finished while the next one is multiplied: tiles and
/// vectors are different units, and work for both at a time keeps both busy.
template <class Product, class Tiles, class Emit>
void multiply_blocks(const ReducedLinear& linear, const Operand& x, int64_t rows,
                     int64_t panel_first, int64_t panel_end, Tiles tiles, const Emit& emit) {
  constexpr int64_t kColumns = Product::kVectors * Vec::kLanes;
  const PackedSizes sizes = sizes_of<Product>(linear.shape);
  const PackedParts<Product> parts(linear.shape, sizes, const_cast<void*>(linear.packed));
  const int64_t a_stride = x.stride / static_cast<int64_t>(sizeof(typename Product::Input));
  const auto* a = static_cast<const typename Product::Input*>(x.rows);
  alignas(64) float sums[2][kBlockRows * kColumns];
  Columns columns[2][Product::kVectors / 2];
  Results before = {sums[1], kColumns, 0, 0, columns[1]};
  const auto meanwhile = [&](int64_t part, int64_t parts_of_block) {
    const int64_t share = (before.rows + parts_of_block - 1) / parts_of_block;
    const int64_t first = smaller(part * share, before.rows);
    finish_rows(parts, before, first, smaller(share, before.rows - first), x, emit);
  };
  int64_t turn = 0, panel_turn = 0;
  const int64_t sweep = rows_per_sweep(x.stride);
  for (int64_t start = 0; start < rows; start += sweep) {
    const int64_t end = smaller(rows, start + sweep);
    for (int64_t p = panel_first; p < panel_end; ++p) {
      const auto* panel = parts.panels + p * sizes.steps * Product::kDepth * kColumns;
      // The panel before is still to be finished, also where a sweep ends and the next begins.
      Columns* at = columns[panel_turn];
      panel_turn = 1 - panel_turn;
      for (int i = 0; i < Product::kVectors / 2; ++i) {
        at[i] = Columns(linear.shape, p * kColumns + i * 2 * Vec::kLanes);
      }
      Ahead ahead = ahead_of(panel, sizes.panel_bytes, end - start, p + 1 < panel_end);
      for (int64_t r = start; r < end; r += Tiles::kRows) {
        const int64_t count = smaller(Tiles::kRows, end - r);
        tiles.block(a + r * a_stride, a_stride, count, panel, sizes, sums[turn], ahead, meanwhile);
        before = {sums[turn], kColumns, r, count, at};
        turn = 1 - turn;
        ahead.next += ahead.bytes;
      }
    }
  }
  meanwhile(0, 1);
}

template <class Product, class Tiles>
void multiply_panels(const ReducedLinear& linear, const Operand& x, int64_t rows,
                     int64_t panel_first, int64_t panel_count, const ReducedOutput& output,
                     Tiles tiles) {
  const PackedSizes sizes = sizes_of<Product>(linear.shape);
  const int64_t panel_end =
      panel_first + smaller(panel_count, sizes.columns / sizes.panel_columns - panel_first);
  with_emit(linear.shape, output, [&](const auto& emit) {
    multiply_blocks<Product>(linear, x, rows, panel_first, panel_end, tiles, emit);
  });
}

}  // namespace
}  // namespace gatun::kernels
