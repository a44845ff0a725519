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

/// out[32][32] = rows of a (17 … 32, as configured) × a panel of `steps` tiles.
/// `ahead` … is fetched into the second-level cache meanwhile, `ahead_lines` lines a step.
template <class Flavour>
[[gnu::noinline]] void tile_block(const void* a, int64_t a_stride, const void* panel,
                                  int64_t panel_stride, int64_t steps, float* out,
                                  int64_t out_stride, bool add, const char* ahead,
                                  int64_t ahead_lines) {
  const auto* rows = static_cast<const char*>(a);
  const auto* columns = static_cast<const char*>(panel);
  if (add) {
    _tile_loadd(0, out, out_stride);
    _tile_loadd(1, out + 16, out_stride);
    _tile_loadd(2, out + 4 * out_stride, out_stride);
    _tile_loadd(3, out + 4 * out_stride + 16, out_stride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
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
    for (int64_t i = 0; i < ahead_lines; ++i, ahead += 64) _mm_prefetch(ahead, _MM_HINT_T1);
  }
  _tile_stored(0, out, out_stride);
  _tile_stored(1, out + 16, out_stride);
  _tile_stored(2, out + 4 * out_stride, out_stride);
  _tile_stored(3, out + 4 * out_stride + 16, out_stride);
}

/// The same for 1 … 16 rows.
template <class Flavour>
[[gnu::noinline]] void tile_strip(const void* a, int64_t a_stride, const void* panel,
                                  int64_t panel_stride, int64_t steps, float* out,
                                  int64_t out_stride, bool add, const char* ahead,
                                  int64_t ahead_lines) {
  const auto* rows = static_cast<const char*>(a);
  const auto* columns = static_cast<const char*>(panel);
  if (add) {
    _tile_loadd(0, out, out_stride);
    _tile_loadd(1, out + 16, out_stride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
  }
  for (int64_t s = 0; s < steps; ++s) {
    _tile_loadd(4, rows, a_stride);
    _tile_loadd(6, columns, panel_stride);
    GATUN_TILE_PRODUCT(0, 4, 6)
    _tile_loadd(7, columns + 64, panel_stride);
    GATUN_TILE_PRODUCT(1, 4, 7)
    rows += 64;
    columns += 16 * panel_stride;
    for (int64_t i = 0; i < ahead_lines; ++i, ahead += 64) _mm_prefetch(ahead, _MM_HINT_T1);
  }
  _tile_stored(0, out, out_stride);
  _tile_stored(1, out + 16, out_stride);
}

#undef GATUN_TILE_PRODUCT

/// Strides in bytes.
template <class Flavour>
void tile_rows(int64_t count, const void* a, int64_t a_stride, const void* panel,
               int64_t panel_stride, int64_t steps, float* out, int64_t out_stride, bool add,
               const char* ahead, int64_t ahead_lines) {
  const auto run = count > 16 ? tile_block<Flavour> : tile_strip<Flavour>;
  run(a, a_stride, panel, panel_stride, steps, out, out_stride, add, ahead, ahead_lines);
}

}  // namespace
}  // namespace gatun::kernels
