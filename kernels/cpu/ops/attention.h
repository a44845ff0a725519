// Attention of one block of queries with an online softmax (Milakov and Gimelshein; Dao et al.,
// "FlashAttention"): keys are visited in blocks, and sums are rescaled when the maximum rises, so
// only a kQueryBlock × kKeyBlock piece of the score matrix ever exists.
#pragma once

#include "cpu/ops/functions.h"
#include "cpu/ops/tile.h"
#include "kernels/types.h"

namespace gatun::kernels {
namespace {

constexpr int64_t kAttendColumns = Vec::kAttendVectors * Vec::kLanes;

static_assert(kQueryBlock % Vec::kAttendRows == 0, "tiles cover the query block");
static_assert(kKeyBlock % kAttendColumns == 0, "panels cover the key block");
static_assert(kHeadDimMax % kAttendColumns == 0, "panels cover the largest head");

/// A tile's scratch memory and its sizes rounded up to whole register tiles.
struct AttendBlock {
  float* q;        ///< [rows, head_dim], scaled
  float* scores;   ///< [rows, kKeyBlock], then the weights in place
  float* sums;     ///< [rows, width]
  float* maximum;  ///< [rows]
  float* total;    ///< [rows]
  float* keys;     ///< panels of kAttendColumns keys, head_dim deep
  float* values;   ///< panels of kAttendColumns head columns, one key deep
  int64_t rows;
  int64_t width;
};

AttendBlock start_block(const AttentionTile& tile) {
  float* next = tile.scratch;
  const auto take = [&next](int64_t floats) {
    float* p = next;
    next += floats;
    return p;
  };
  AttendBlock block;
  block.q = take(kQueryBlock * kHeadDimMax);
  block.sums = take(kQueryBlock * kHeadDimMax);
  block.scores = take(kQueryBlock * kKeyBlock);
  block.keys = take(kKeyBlock * kHeadDimMax);
  block.values = take(kKeyBlock * kHeadDimMax);
  block.maximum = take(kQueryBlock);
  block.total = take(kQueryBlock);
  block.rows = round_up(tile.query_count, Vec::kAttendRows);
  block.width = round_up(tile.head_dim, kAttendColumns);

  const Vec scale = Vec::broadcast(tile.scale);
  for (int64_t r = 0; r < block.rows; ++r) {
    float* q = block.q + r * tile.head_dim;
    if (r < tile.query_count) {
      const float* from = tile.q + (tile.query_first + r) * tile.q_stride;
      for_each_vec(tile.head_dim,
                   [=](int64_t, auto load, auto store) { store(load(from) * scale, q); });
    } else {
      for_each_vec(tile.head_dim, [=](int64_t, auto, auto store) { store(Vec::zero(), q); });
    }
    block.maximum[r] = -__builtin_inff();
    block.total[r] = 0.0f;
  }
  for (int64_t i = 0; i < block.rows * block.width; i += Vec::kLanes) {
    Vec::zero().store(block.sums + i);
  }
  return block;
}

/// out (= or +=) a·panels for every row and panel of the block.
template <bool kAdd>
[[gnu::noinline]] void multiply_block(const float* a, int64_t a_stride, int64_t rows,
                                      const float* panels, int64_t panel_floats, int64_t columns,
                                      int64_t depth, float* out, int64_t out_stride) {
  for (int64_t c = 0; c < columns; c += kAttendColumns, panels += panel_floats) {
    for (int64_t r = 0; r < rows; r += Vec::kAttendRows) {
      Vec tile[Vec::kAttendRows][Vec::kAttendVectors];
      clear_tile(tile);
      multiply_tile(a + r * a_stride, a_stride, panels, depth, tile);
#pragma GCC unroll 16
      for (int i = 0; i < Vec::kAttendRows; ++i) {
#pragma GCC unroll 8
        for (int j = 0; j < Vec::kAttendVectors; ++j) {
          float* to = out + (r + i) * out_stride + c + j * Vec::kLanes;
          (kAdd ? Vec::load(to) + tile[i][j] : tile[i][j]).store(to);
        }
      }
    }
  }
}

/// Turns the scores of row r into weights relative to the new maximum. Keys [low, high) of the
/// block's `count` are visible; the others weigh nothing.
void weigh_row(AttendBlock& block, int64_t r, int64_t low, int64_t high, int64_t count) {
  float* row = block.scores + r * kKeyBlock;
  const int64_t padded = round_up(count, Vec::kLanes);
  if (low >= high) {
    for (int64_t j = 0; j < padded; j += Vec::kLanes) Vec::zero().store(row + j);
    return;
  }
  for (int64_t j = 0; j < low; ++j) row[j] = -__builtin_inff();
  for (int64_t j = high; j < padded; ++j) row[j] = -__builtin_inff();

  Vec highest = Vec::load(row);
  for (int64_t j = Vec::kLanes; j < padded; j += Vec::kLanes) {
    highest = max(highest, Vec::load(row + j));
  }
  const float before = block.maximum[r];
  const float here = max_of(highest);
  const float maximum = here > before ? here : before;
  const Vec top = Vec::broadcast(maximum);
  Vec total = Vec::zero();
  for (int64_t j = 0; j < padded; j += Vec::kLanes) {
    const Vec weight = exp(Vec::load(row + j) - top);
    weight.store(row + j);
    total = total + weight;
  }
  if (maximum != before) {
    const float shrink = exp(before - maximum);
    block.maximum[r] = maximum;
    block.total[r] *= shrink;
    float* sums = block.sums + r * block.width;
    const Vec factor = Vec::broadcast(shrink);
    for (int64_t i = 0; i < block.width; i += Vec::kLanes) {
      (Vec::load(sums + i) * factor).store(sums + i);
    }
  }
  block.total[r] += sum_of(total);
}

/// Adds the keys key … key+count−1 to every row of the block.
void visit_keys(const AttentionTile& tile, AttendBlock& block, int64_t key, int64_t count,
                Window window) {
  pack_transposed(tile.k + key * tile.k_stride, tile.k_stride, count, tile.head_dim, kAttendColumns,
                  block.keys);
  pack_straight(tile.v + key * tile.v_stride, tile.v_stride, count, tile.head_dim, kAttendColumns,
                block.values);
  multiply_block<false>(block.q, tile.head_dim, block.rows, block.keys,
                        kAttendColumns * tile.head_dim, round_up(count, kAttendColumns),
                        tile.head_dim, block.scores, kKeyBlock);
  for (int64_t r = 0; r < tile.query_count; ++r) {
    const int64_t query = tile.query_first + r;
    const int64_t low = larger(0, query - window.before - key);
    const int64_t high = smaller(count, query + window.after + 1 - key);
    weigh_row(block, r, low, high, count);
  }
  multiply_block<true>(block.scores, kKeyBlock, block.rows, block.values, kAttendColumns * count,
                       block.width, count, block.sums, block.width);
}

void attend(const AttentionTile& tile) {
  AttendBlock block = start_block(tile);
  const Window window = bounded(tile.window, tile.tokens);
  const int64_t first = larger(0, tile.query_first - window.before);
  const int64_t end = smaller(tile.tokens, tile.query_first + tile.query_count + window.after);
  for (int64_t key = first; key < end; key += kKeyBlock) {
    visit_keys(tile, block, key, smaller(kKeyBlock, end - key), window);
  }
  for (int64_t r = 0; r < tile.query_count; ++r) {
    const float* sums = block.sums + r * block.width;
    float* out = tile.out + (tile.query_first + r) * tile.out_stride;
    const Vec share = Vec::broadcast(1.0f / block.total[r]);
    for_each_vec(tile.head_dim,
                 [=](int64_t, auto load, auto store) { store(load(sums) * share, out); });
  }
}

}  // namespace
}  // namespace gatun::kernels
