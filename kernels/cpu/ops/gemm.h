// Linear layers over weights packed into panels of kLinearVectors vectors of columns.
#pragma once

#include "cpu/ops/tile.h"
#include "kernels/types.h"

namespace gatun::kernels {
namespace {

constexpr int64_t kPanelColumns = Vec::kLinearVectors * Vec::kLanes;

int64_t panel_columns() { return kPanelColumns; }

int64_t packed_floats(int64_t inputs, int64_t outputs) {
  int64_t padded, floats, bytes;
  if (inputs < 0 || outputs < 0) return -1;
  if (__builtin_add_overflow(outputs, kPanelColumns - 1, &padded)) return -1;
  padded = padded / kPanelColumns * kPanelColumns;
  if (__builtin_mul_overflow(inputs, padded, &floats)) return -1;
  if (__builtin_mul_overflow(floats, int64_t{sizeof(float)}, &bytes)) return -1;
  return floats;
}

void pack_linear(const float* weight, int64_t inputs, int64_t outputs, float* panels) {
  pack_transposed(weight, inputs, outputs, inputs, kPanelColumns, panels);
}

/// Where one tile of y goes: `columns` of the panel exist, bias may be null.
struct TileOutput {
  const float* bias;
  float* y;
  int64_t y_stride;
  int64_t columns;
  bool accumulate;
};

template <int kRows>
[[gnu::always_inline]] inline void store_tile(const Vec (&sums)[kRows][Vec::kLinearVectors],
                                              const TileOutput& out) {
#pragma GCC unroll 8
  for (int j = 0; j < Vec::kLinearVectors; ++j) {
    const int64_t first = j * Vec::kLanes;
    const int64_t present = out.columns - first;
    if (present >= Vec::kLanes) {
      const Vec bias = out.bias != nullptr ? Vec::load(out.bias + first) : Vec::zero();
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        float* y = out.y + i * out.y_stride + first;
        const Vec product = sums[i][j] + bias;
        (out.accumulate ? Vec::load(y) + product : product).store(y);
      }
    } else if (present > 0) {
      const Vec bias =
          out.bias != nullptr ? Vec::load_first(out.bias + first, present) : Vec::zero();
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i) {
        float* y = out.y + i * out.y_stride + first;
        const Vec product = sums[i][j] + bias;
        (out.accumulate ? Vec::load_first(y, present) + product : product).store_first(y, present);
      }
    }
  }
}

template <int kRows>
[[gnu::noinline]] void linear_tile(const float* x, int64_t x_stride, const float* panel,
                                   int64_t inputs, const TileOutput& out) {
  Vec sums[kRows][Vec::kLinearVectors];
  clear_tile(sums);
  multiply_tile(x, x_stride, panel, inputs, sums);
  store_tile(sums, out);
}

/// The last rows of a panel, fewer than kLinearRows: the tile of exactly that height.
template <int kRows>
void linear_rest(int64_t rows, const float* x, int64_t x_stride, const float* panel, int64_t inputs,
                 const TileOutput& out) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return linear_tile<kRows>(x, x_stride, panel, inputs, out);
    linear_rest<kRows - 1>(rows, x, x_stride, panel, inputs, out);
  }
}

/// Rows start … end−1 of x times one panel.
void linear_panel(const float* x, int64_t x_stride, int64_t start, int64_t end, const float* panel,
                  int64_t inputs, TileOutput out) {
  float* const y = out.y;
  int64_t r = start;
  for (; r + Vec::kLinearRows <= end; r += Vec::kLinearRows) {
    out.y = y + r * out.y_stride;
    linear_tile<Vec::kLinearRows>(x + r * x_stride, x_stride, panel, inputs, out);
  }
  out.y = y + r * out.y_stride;
  linear_rest<Vec::kLinearRows - 1>(end - r, x + r * x_stride, x_stride, panel, inputs, out);
}

/// Rows that one panel is applied to before the next panel: their inputs fill half a megabyte, so
/// that they and a panel stay in an L2 cache of 1 MiB.
int64_t rows_at_once(int64_t inputs) {
  constexpr int64_t kFloats = 128 * 1024;
  return larger(kFloats / larger(inputs, 1) / Vec::kLinearRows, 1) * Vec::kLinearRows;
}

void linear(const PackedLinear& linear, const float* x, int64_t rows, int64_t x_stride,
            int64_t panel_first, int64_t panel_count, Epilogue epilogue, float* y,
            int64_t y_stride) {
  const int64_t panels = round_up(linear.outputs, kPanelColumns) / kPanelColumns;
  const int64_t panel_end = panel_first + smaller(panel_count, panels - panel_first);
  const int64_t step = rows_at_once(linear.inputs);
  for (int64_t start = 0; start < rows; start += step) {
    const int64_t end = smaller(rows, start + step);
    for (int64_t p = panel_first; p < panel_end; ++p) {
      const int64_t column = p * kPanelColumns;
      const float* panel = linear.panels + column * linear.inputs;
      const float* bias = linear.bias != nullptr ? linear.bias + column : nullptr;
      const TileOutput out = {bias, y + column, y_stride, linear.outputs - column,
                              epilogue == Epilogue::kAccumulate};
      linear_panel(x, x_stride, start, end, panel, linear.inputs, out);
    }
  }
}

}  // namespace
}  // namespace gatun::kernels
