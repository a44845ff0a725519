// multiply() and attend_half() of the tiers that multiply in vector registers.
#pragma once

#include "cpu/ops/attend_half.h"
#include "cpu/ops/peak.h"
#include "cpu/ops/reduced.h"

namespace gatun::kernels {
namespace {

/// The two products of attention in register tiles.
struct RegisterProducts {
  static constexpr int kRows = AttendProduct::kRows;
  /// As linear layers, within one step of keys.
  static constexpr int kVectors =
      static_cast<int>(smaller(AttendProduct::kVectors, kKeyStep / Vec::kLanes));
  static constexpr int64_t kDepth = AttendProduct::kDepth;

  /// scores[r, j] = q[r]·k[j] for the kKeyStep packed keys from `key` on.
  static void scores(const AttendInput* q, int64_t width, int64_t rows, const AttendWeight* keys,
                     int64_t key, float* all) {
    for (int64_t j = key; j < key + kKeyStep; j += kVectors * Vec::kLanes) {
      int64_t r = 0;
      for (; r + kRows <= rows; r += kRows) {
        product_tile<AttendProduct, kRows, kVectors, false>(q + r * width, width, keys + j * kDepth,
                                                            kPackedKeys, width / kDepth,
                                                            all + r * kPackedKeys + j, kPackedKeys);
      }
      product_rest<AttendProduct, kRows - 1, kVectors, false>(
          rows - r, q + r * width, width, keys + j * kDepth, kPackedKeys, width / kDepth,
          all + r * kPackedKeys + j, kPackedKeys);
    }
  }

  /// sums[r, c] += Σ weights[r, j]·v[j, c] over packed keys low … high−1, for the kKeyStep columns
  /// from `column` on.
  static void values(const AttendInput* weights, int64_t rows, int64_t low, int64_t high,
                     const AttendWeight* values, int64_t width, int64_t column, float* sums) {
    const int64_t steps = (high - low) / kDepth;
    const AttendWeight* from = values + low * width;
    for (int64_t c = column; c < column + kKeyStep; c += kVectors * Vec::kLanes) {
      int64_t r = 0;
      for (; r + kRows <= rows; r += kRows) {
        product_tile<AttendProduct, kRows, kVectors, true>(weights + low + r * kWeightStride,
                                                           kWeightStride, from + c * kDepth, width,
                                                           steps, sums + r * width + c, width);
      }
      product_rest<AttendProduct, kRows - 1, kVectors, true>(
          rows - r, weights + low + r * kWeightStride, kWeightStride, from + c * kDepth, width,
          steps, sums + r * width + c, width);
    }
  }
};

void attend_half(const HalfAttention& attention) { attend_chunk<RegisterProducts>(attention); }

void multiply(const ReducedLinear& linear, const Operand& x, int64_t rows, int64_t panel_first,
              int64_t panel_count, const ReducedOutput& output) {
  if (linear.shape.precision == Precision::kInt8) {
    multiply_panels<ByteProduct>(linear, x, rows, panel_first, panel_count, output,
                                 RegisterTiles<ByteProduct>());
  } else {
    multiply_panels<HalfProduct>(linear, x, rows, panel_first, panel_count, output,
                                 RegisterTiles<HalfProduct>());
  }
}

double peak(Precision precision, int64_t steps) { return spin(precision, steps); }

}  // namespace
}  // namespace gatun::kernels
