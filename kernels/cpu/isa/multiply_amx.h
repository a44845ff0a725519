// multiply() and the two products of attend_half() on AMX tiles.
#pragma once

#include <type_traits>

#include "cpu/isa/tiles_amx.h"
#include "cpu/ops/attend_half.h"
#include "cpu/ops/peak.h"

namespace gatun::kernels {
namespace {

/// Sums of rows × one panel. Between every few steps there is a part of something else to do, so
/// that vector instructions fill the gaps that tiles leave.
template <class Product>
struct AmxTiles {
  using Flavour =
      std::conditional_t<sizeof(typename Product::Weight) == 1, BytesFlavour, HalvesFlavour>;
  static constexpr int64_t kRows = 32;
  /// Products of one step take 64 cycles, which a part of the work meanwhile fills.
  static constexpr int64_t kPartSteps = 1;

  TileShapes& shapes;

  template <class Meanwhile>
  void block(const typename Product::Input* a, int64_t a_stride, int64_t rows,
             const typename Product::Weight* panel, const PackedSizes& sizes, float* sums,
             const Ahead& ahead, const Meanwhile& meanwhile) const {
    constexpr int64_t kColumnBytes = Product::kVectors * Vec::kLanes * 4;
    constexpr int64_t kStepInputs = product_step_inputs<Product>();
    shapes.use(rows);
    zero_sums(rows);
    const int64_t steps = sizes.steps * Product::kDepth / kStepInputs;
    const int64_t parts = (steps + kPartSteps - 1) / kPartSteps;
    const int64_t fetched = round_up((ahead.bytes + parts - 1) / parts, 64);
    for (int64_t part = 0; part < parts; ++part) {
      const int64_t step = part * kPartSteps;
      tile_rows<Flavour>(rows, a + step * kStepInputs, a_stride * int64_t{sizeof(*a)},
                         panel + step * kStepInputs * (kColumnBytes / 4), kColumnBytes,
                         smaller(kPartSteps, steps - step));
      const char* next = ahead.next + part * fetched;
      for (int64_t i = 0; i < fetched; i += 64) _mm_prefetch(next + i, _MM_HINT_T1);
      meanwhile(part, parts);
    }
    store_sums(rows, sums, kColumnBytes);
  }
};

void multiply(const ReducedLinear& linear, const Operand& x, int64_t rows, int64_t panel_first,
              int64_t panel_count, const ReducedOutput& output) {
  TileShapes shapes;
  if (linear.shape.precision == Precision::kInt8) {
    multiply_panels<ByteProduct>(linear, x, rows, panel_first, panel_count, output,
                                 AmxTiles<ByteProduct>{shapes});
  } else {
    multiply_panels<HalfProduct>(linear, x, rows, panel_first, panel_count, output,
                                 AmxTiles<HalfProduct>{shapes});
  }
}

struct TileProducts {
  /// Attention always takes whole tiles of rows: rows past the queries are zero.
  static void scores(const AttendInput* q, int64_t width, int64_t rows, const AttendWeight* keys,
                     int64_t key, float* all) {
    zero_sums(rows);
    tile_rows<HalvesFlavour>(rows, q, width * 2, keys + key * 2, kPackedKeys * 4, width / 32);
    store_sums(rows, all + key, kPackedKeys * 4);
  }

  static void values(const AttendInput* weights, int64_t rows, int64_t low, int64_t high,
                     const AttendWeight* values, int64_t width, int64_t column, float* sums) {
    load_sums(rows, sums + column, width * 4);
    tile_rows<HalvesFlavour>(rows, weights + low, kWeightStride * 2,
                             values + low * width + column * 2, width * 4, (high - low) / 32);
    store_sums(rows, sums + column, width * 4);
  }
};

void attend_half(const HalfAttention& attention) {
  TileShapes shapes;
  shapes.use(32);
  attend_chunk<TileProducts>(attention);
}

double peak(Precision precision, int64_t steps) {
  if (precision == Precision::kF32) return spin(precision, steps);
  TileShapes shapes;
  shapes.use(32);
  const bool bytes = precision == Precision::kInt8;
  for (int64_t s = 0; s < steps; ++s) {
    if (bytes) {
      _tile_dpbusd(0, 4, 6);
      _tile_dpbusd(1, 4, 7);
      _tile_dpbusd(2, 5, 6);
      _tile_dpbusd(3, 5, 7);
    } else {
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  return 2.0 * 4 * 16 * 16 * (bytes ? 64 : 32) * static_cast<double>(steps);
}

}  // namespace
}  // namespace gatun::kernels
