// Products of AMX tiles: 16 rows × 64 bytes of activations times 64 bytes of inputs × 16 columns.
//
// Two tiles of rows meet two of columns, so four tile loads feed four products; the operand is read
// row by row as it lies, a panel holds two tiles of columns side by side. A thread's tiles are
// configured for the rows at hand and released before its kernel returns.
#pragma once

#include "cpu/ops/reduced.h"

namespace gatun::kernels {
namespace {

/// Tile registers: 0–3 sums, 4–5 rows of activations, 6–7 columns of weights.
class TileShapes {
 public:
  ~TileShapes() {
    if (rows_ != 0) _tile_release();
  }

  /// Shapes for blocks of `rows` (1 … 32) rows.
  void use(int64_t rows) {
    if (rows == rows_) return;
    rows_ = rows;
    const auto upper = static_cast<uint8_t>(smaller(rows, 16));
    const auto lower = static_cast<uint8_t>(rows > 16 ? rows - 16 : 16);
    alignas(64) uint8_t config[64] = {1};
    for (int tile = 0; tile < 8; ++tile) {
      config[16 + 2 * tile] = 64;  // bytes of a row, low half of a 16-bit number
      config[48 + tile] = tile >= 6 ? 16 : tile == 0 || tile == 1 || tile == 4 ? upper : lower;
    }
    // The intrinsic tells the compiler of the first bytes only.
    __asm__ volatile("" : : "r"(config) : "memory");
    _tile_loadconfig(config);
  }

 private:
  int64_t rows_ = 0;
};

/// Steps of one panel: kFlavour picks the product of 64-byte rows.
struct BytesFlavour {
  static constexpr int64_t kElement = 1;
};
struct HalvesFlavour {
  static constexpr int64_t kElement = 2;
};

#define GATUN_TILE_PRODUCT(sum, rows, columns) \
  if constexpr (Flavour::kElement == 1) {      \
    _tile_dpbusd(sum, rows, columns);          \
  } else {                                     \
    _tile_dpbf16ps(sum, rows, columns);        \
  }

/// The intrinsics do not tell the compiler which memory they read.
[[gnu::always_inline]] inline void settle_memory() { __asm__ volatile("" : : : "memory"); }

/// Sums of up to 32 rows and 32 columns begin at zero.
inline void zero_sums(int64_t rows) {
  _tile_zero(0);
  _tile_zero(1);
  if (rows <= 16) return;
  _tile_zero(2);
  _tile_zero(3);
}

/// Sums begin with what is there; the stride is in bytes.
inline void load_sums(int64_t rows, const float* from, int64_t stride) {
  settle_memory();
  _tile_loadd(0, from, stride);
  _tile_loadd(1, from + 16, stride);
  if (rows <= 16) return;
  _tile_loadd(2, from + 4 * stride, stride);
  _tile_loadd(3, from + 4 * stride + 16, stride);
}

inline void store_sums(int64_t rows, float* to, int64_t stride) {
  _tile_stored(0, to, stride);
  _tile_stored(1, to + 16, stride);
  if (rows <= 16) return;
  _tile_stored(2, to + 4 * stride, stride);
  _tile_stored(3, to + 4 * stride + 16, stride);
}

/// Sums of 17 … 32 rows (as configured) += rows of a × a panel of `steps` tiles.
template <class Flavour>
[[gnu::noinline]] void tile_block(const void* a, int64_t a_stride, const void* panel,
                                  int64_t panel_stride, int64_t steps) {
  settle_memory();
  const auto* rows = static_cast<const char*>(a);
  const auto* columns = static_cast<const char*>(panel);
  for (int64_t s = 0; s < steps; ++s) {
    _tile_loadd(6, columns, panel_stride);
    _tile_loadd(4, rows, a_stride);
    GATUN_TILE_PRODUCT(0, 4, 6)
    _tile_loadd(7, columns + 64, panel_stride);
    GATUN_TILE_PRODUCT(1, 4, 7)
    _tile_loadd(5, rows + 16 * a_stride, a_stride);
    GATUN_TILE_PRODUCT(2, 5, 6)
    GATUN_TILE_PRODUCT(3, 5, 7)
    rows += 64;
    columns += 16 * panel_stride;
  }
}

/// The same for 1 … 16 rows.
template <class Flavour>
[[gnu::noinline]] void tile_strip(const void* a, int64_t a_stride, const void* panel,
                                  int64_t panel_stride, int64_t steps) {
  settle_memory();
  const auto* rows = static_cast<const char*>(a);
  const auto* columns = static_cast<const char*>(panel);
  for (int64_t s = 0; s < steps; ++s) {
    _tile_loadd(4, rows, a_stride);
    _tile_loadd(6, columns, panel_stride);
    GATUN_TILE_PRODUCT(0, 4, 6)
    _tile_loadd(7, columns + 64, panel_stride);
    GATUN_TILE_PRODUCT(1, 4, 7)
    rows += 64;
    columns += 16 * panel_stride;
  }
}

#undef GATUN_TILE_PRODUCT

/// Strides in bytes.
template <class Flavour>
void tile_rows(int64_t count, const void* a, int64_t a_stride, const void* panel,
               int64_t panel_stride, int64_t steps) {
  const auto run = count > 16 ? tile_block<Flavour> : tile_strip<Flavour>;
  run(a, a_stride, panel, panel_stride, steps);
}

}  // namespace
}  // namespace gatun::kernels
