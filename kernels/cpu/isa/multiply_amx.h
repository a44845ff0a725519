// multiply() and the two products of attend_half() on AMX tiles.
#pragma once

#include <type_traits>

#include "cpu/isa/tiles_amx.h"
#include "cpu/ops/attend_half.h"
#include "cpu/ops/peak.h"

namespace gatun::kernels {
namespace {

/// Sums of rows × one panel; the next panel is fetched meanwhile.
template <class Product>
struct AmxTiles {
  using Flavour =
      std::conditional_t<sizeof(typename Product::Weight) == 1, BytesFlavour, HalvesFlavour>;
  static constexpr int64_t kRows = 32;

  TileShapes& shapes;

  void block(const typename Product::Input* a, int64_t a_stride, int64_t rows,
             const typename Product::Weight* panel, const PackedSizes& sizes, float* sums) const {
    shapes.use(rows);
    constexpr int64_t kColumns = Product::kVectors * Vec::kLanes;
    const int64_t steps = sizes.steps / 16;
    const auto* next = reinterpret_cast<const char*>(panel) + sizes.panel_bytes;
    tile_rows<Flavour>(rows, a, a_stride * static_cast<int64_t>(sizeof(*a)), panel, 128, steps,
                       sums, kColumns * 4, false, next, 0);
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
                     int64_t low, int64_t high, float* all) {
    for (int64_t j = low; j < high; j += 32) {
      tile_rows<HalvesFlavour>(rows, q, width * 2, keys + j * 2, kPackedKeys * 4, width / 32,
                               all + j, kPackedKeys * 4, false, nullptr, 0);
    }
  }

  static void values(const AttendInput* weights, int64_t rows, int64_t low, int64_t high,
                     const AttendWeight* values, int64_t width, float* sums) {
    for (int64_t c = 0; c < width; c += 32) {
      tile_rows<HalvesFlavour>(rows, weights + low, kPackedKeys * 2, values + low * width + c * 2,
                               width * 4, (high - low) / 32, sums + c, width * 4, true, nullptr, 0);
    }
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
