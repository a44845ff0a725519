// Attention in half precision: a chunk of queries of one head against the keys they see.
//
// Keys are visited in blocks (online softmax: Milakov and Gimelshein; Dao et al.,
// "FlashAttention"); a block is packed once for all queries of the chunk, whose sums wait in
// scratch memory. So no object grows with the square of the length.
//
// Softmax does not change when a number is taken from all scores, and floating point has room for
// scores between -kReach and kReach as they are. |q·k| ≤ ‖q‖·‖k‖ tells that they lie there, so most
// blocks need no running maximum; the others keep one.
#pragma once

#include "cpu/ops/functions.h"
#include "cpu/ops/operand.h"

namespace gatun::kernels {
namespace {

using AttendInput = AttendProduct::Input;
using AttendWeight = AttendProduct::Weight;

/// Queries that share one block of scores, and keys of one packed block: the scores of two tiles
/// (32 KiB) stay in the first-level cache.
constexpr int64_t kTileRows = 32;
constexpr int64_t kPackedKeys = 128;
/// Keys and columns of values are computed in groups of this many; sums over keys too.
constexpr int64_t kKeyStep = 32;
/// Elements between rows of weights, which take the place of the scores they are made of.
constexpr int64_t kWeightStride =
    kPackedKeys * static_cast<int64_t>(sizeof(float) / sizeof(AttendInput));
/// Weight of a masked key: 2^x is 0 for it, and differences of two of them stay finite.
constexpr float kMasked = -1e30f;
/// Largest score that needs no maximum: sums of 2^15 weights of 2^80 leave 2^32 to the values.
constexpr float kReach = 80.0f;

constexpr int64_t kPaddedScoreDim = kScoreDimMax + 32;
constexpr int64_t kPaddedValueDim = kHeadDimMax + 32;

/// The parts of the scratch memory.
struct AttendScratch {
  alignas(64) float sums[kQueryChunk * kPaddedValueDim];
  alignas(64) float totals[kQueryChunk * Vec::kLanes];  ///< of the weights, in each lane apart
  alignas(64) float maximum[kQueryChunk];               ///< of tiles that are shifted
  alignas(64) float scores[2][kTileRows * kPackedKeys];
  alignas(64) AttendInput queries[kQueryChunk * kPaddedScoreDim];
  alignas(64) AttendWeight keys[kPackedKeys * kPaddedScoreDim];
  alignas(64) AttendWeight values[kPackedKeys * kPaddedValueDim];
  float norms[kQueryChunk / kTileRows];   ///< largest ‖q‖ of each tile
  bool shifted[kQueryChunk / kTileRows];  ///< whether the maxima are taken from a tile's scores
};

int64_t half_attention_scratch() { return sizeof(AttendScratch); }

/// A chunk on its way.
struct Chunk {
  const HalfAttention& call;
  AttendScratch& scratch;
  Window window;
  int64_t score_width;  ///< score_dim padded to whole steps
  int64_t value_width;  ///< value_dim padded to whole vectors
};

/// Keys of a sequence that are packed at a time.
struct KeyBlock {
  int64_t first;
  int64_t count;
  float norms[kPackedKeys / kKeyStep];  ///< largest ‖k‖ of each step
};

/// Largest Euclidean norm of `count` rows; not a number where one holds something that is none.
float largest_norm(const HalfElement* rows, int64_t stride, int64_t count, int64_t dim) {
  float largest = 0.0f;
  for (int64_t r = 0; r < count; ++r, rows += stride) {
    Vec squares = Vec::zero();
    int64_t i = 0;
    for (; i + Vec::kLanes <= dim; i += Vec::kLanes) {
      const Vec x = HalfProduct::value_at(rows + i);
      squares = fma(x, x, squares);
    }
    if (i < dim) {
      const Vec x = HalfProduct::first_at(rows + i, dim - i);
      squares = fma(x, x, squares);
    }
    const float sum = sum_of(squares);
    if (!(sum <= largest) && largest == largest) largest = sum;
  }
  return __builtin_sqrtf(largest);
}

/// [width/kDepth][kPackedKeys][kDepth] of the keys and [kPackedKeys/kDepth][width][kDepth] of their
/// values, zero past the count.
KeyBlock pack_block(const Chunk& chunk, int64_t first, int64_t count) {
  const HalfAttention& call = chunk.call;
  const auto* k = static_cast<const HalfElement*>(call.k) + first * call.stride;
  const auto* v = static_cast<const HalfElement*>(call.v) + first * call.stride;
  AttendProduct::pack_keys(k, call.stride, count, call.score_dim, chunk.score_width, kPackedKeys,
                           chunk.scratch.keys);
  AttendProduct::pack_values(v, call.stride, count, call.value_dim, chunk.value_width,
                             round_up(count, kKeyStep), chunk.scratch.values);
  KeyBlock block = {first, count, {}};
  for (int64_t step = 0; step < count; step += kKeyStep) {
    block.norms[step / kKeyStep] = largest_norm(k + step * call.stride, call.stride,
                                                smaller(kKeyStep, count - step), call.score_dim);
  }
  return block;
}

void start_chunk(const Chunk& chunk) {
  const HalfAttention& call = chunk.call;
  AttendScratch& scratch = chunk.scratch;
  const int64_t rows = round_up(call.query_count, kTileRows);
  const auto* q = static_cast<const HalfElement*>(call.q) + call.query_first * call.stride;
  __builtin_memset(scratch.sums, 0, static_cast<size_t>(rows * chunk.value_width) * sizeof(float));
  __builtin_memset(scratch.totals, 0, static_cast<size_t>(rows * Vec::kLanes) * sizeof(float));
  for (int64_t tile = 0; tile < call.query_count; tile += kTileRows) {
    const int64_t count = smaller(kTileRows, call.query_count - tile);
    scratch.norms[tile / kTileRows] =
        largest_norm(q + tile * call.stride, call.stride, count, call.score_dim);
    scratch.shifted[tile / kTileRows] = false;
  }
  for (int64_t r = 0; r < rows; ++r) {
    AttendInput* to = scratch.queries + r * chunk.score_width;
    const int64_t copied = r < call.query_count ? call.score_dim : 0;
    __builtin_memcpy(to, q + (copied == 0 ? 0 : r * call.stride),
                     static_cast<size_t>(copied) * sizeof(AttendInput));
    __builtin_memset(to + copied, 0,
                     static_cast<size_t>(chunk.score_width - copied) * sizeof(AttendInput));
  }
}

/// Keys of a packed block, block-relative: low … high−1.
struct Visible {
  int64_t low;
  int64_t high;

  bool holds(int64_t first, int64_t end) const { return low <= first && end <= high; }
};

/// A tile of queries against a packed block.
struct Visit {
  int64_t tile;  ///< its first row within the chunk
  int64_t rows;
  int64_t key;       ///< first of the block
  int64_t keys;      ///< of the block
  Visible computed;  ///< keys that any row sees, in whole steps
  float* scores;
};

/// Scores of keys j … j+kLanes−1, kMasked where a row does not see them.
Vec seen_scores(const float* scores, int64_t j, Visible seen) {
  static constexpr float kLaneNumbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const Vec score = Vec::load(scores + j);
  if (seen.holds(j, j + Vec::kLanes)) return score;
  const Vec lane = Vec::load(kLaneNumbers), masked = Vec::broadcast(kMasked);
  const Vec below = Vec::broadcast(static_cast<float>(seen.high - j));
  const Vec from = Vec::broadcast(static_cast<float>(seen.low - j));
  return select(less(lane, from), masked, select(less(lane, below), score, masked));
}

/// Weights 2^(score − top) of one row in place of its scores, and their sum in each lane.
template <class Score>
Vec weigh(float* scores, Visible computed, Vec top, const Score& score) {
  auto* weights = reinterpret_cast<AttendInput*>(scores);
  Vec totals[2] = {Vec::zero(), Vec::zero()};
  for (int64_t j = computed.low; j < computed.high; j += 2 * Vec::kLanes) {
    const Vec a = coarse_exp2(score(j) - top);
    const Vec b = coarse_exp2(score(j + Vec::kLanes) - top);
    totals[0] = totals[0] + a;
    totals[1] = totals[1] + b;
    HalfProduct::store_pair(weights + j, a, b);
  }
  return totals[0] + totals[1];
}

/// Weights of a row whose maximum is kept: when it rises, sums so far shrink.
void weigh_shifted(const Chunk& chunk, const Visit& visit, int64_t r, Visible seen) {
  AttendScratch& scratch = chunk.scratch;
  float* scores = visit.scores + r * kPackedKeys;
  const auto score = [&](int64_t j) { return seen_scores(scores, j, seen); };
  Vec highest = Vec::broadcast(kMasked);
  for (int64_t j = visit.computed.low; j < visit.computed.high; j += Vec::kLanes) {
    highest = max(highest, score(j));
  }
  const int64_t row = visit.tile + r;
  const float before = scratch.maximum[row], here = max_of(highest);
  const float maximum = here > before ? here : before;
  if (maximum <= kMasked) {  // nothing seen so far
    __builtin_memset(scores, 0, kPackedKeys * sizeof(float));
    return;
  }
  float* totals = scratch.totals + row * Vec::kLanes;
  if (maximum != before) {
    const Vec shrink =
        before <= kMasked ? Vec::zero() : coarse_exp2(Vec::broadcast(before - maximum));
    scratch.maximum[row] = maximum;
    (Vec::load(totals) * shrink).store(totals);
    float* sums = scratch.sums + row * chunk.value_width;
    for (int64_t i = 0; i < chunk.value_width; i += Vec::kLanes) {
      (Vec::load(sums + i) * shrink).store(sums + i);
    }
  }
  const Vec sum = weigh(scores, visit.computed, Vec::broadcast(maximum), score);
  (Vec::load(totals) + sum).store(totals);
}

/// Weights of a row whose scores are within kReach.
void weigh_plain(const Chunk& chunk, const Visit& visit, int64_t r, Visible seen) {
  float* scores = visit.scores + r * kPackedKeys;
  float* totals = chunk.scratch.totals + (visit.tile + r) * Vec::kLanes;
  const auto whole = [&](int64_t j) { return Vec::load(scores + j); };
  const auto part = [&](int64_t j) { return seen_scores(scores, j, seen); };
  const Vec sum = seen.holds(visit.computed.low, visit.computed.high)
                      ? weigh(scores, visit.computed, Vec::zero(), whole)
                      : weigh(scores, visit.computed, Vec::zero(), part);
  (Vec::load(totals) + sum).store(totals);
}

/// Rows first … first+count−1 of a visit.
void weigh_rows(const Chunk& chunk, const Visit& visit, int64_t first, int64_t count) {
  const bool shifted = chunk.scratch.shifted[visit.tile / kTileRows];
  for (int64_t r = first; r < smaller(first + count, visit.rows); ++r) {
    const int64_t at = chunk.call.query_first + visit.tile + r - visit.key;
    const Visible seen = {at - chunk.window.before,
                          smaller(at + chunk.window.after + 1, visit.keys)};
    (shifted ? weigh_shifted : weigh_plain)(chunk, visit, r, seen);
  }
}

/// Takes the maxima of a tile into use. Weights so far, if any, are relative to a score of zero.
void shift(const Chunk& chunk, int64_t tile) {
  AttendScratch& scratch = chunk.scratch;
  scratch.shifted[tile / kTileRows] = true;
  for (int64_t row = tile; row < tile + kTileRows; ++row) {
    const float total = sum_of(Vec::load(scratch.totals + row * Vec::kLanes));
    scratch.maximum[row] = total > 0.0f ? 0.0f : kMasked;
  }
}

/// Three visits at a time, in parts that alternate: the values of one are added and then the scores
/// of another computed, products both, while a third is weighed, work for other units. Any of them
/// may be null; added and scored may share their memory. Products: how the tier multiplies.
template <class Products>
void advance(const Chunk& chunk, const Visit* added, const Visit* scored, const Visit* weighed) {
  AttendScratch& scratch = chunk.scratch;
  const int64_t adding = added == nullptr ? 0 : chunk.value_width / kKeyStep;
  const int64_t scoring =
      scored == nullptr ? 0 : (scored->computed.high - scored->computed.low) / kKeyStep;
  const int64_t parts = larger(adding + scoring, 1);
  const int64_t share = (kTileRows + parts - 1) / parts;
  for (int64_t part = 0; part < parts; ++part) {
    if (part < adding) {
      Products::values(reinterpret_cast<const AttendInput*>(added->scores), added->rows,
                       added->computed.low, added->computed.high, scratch.values, chunk.value_width,
                       part * kKeyStep, scratch.sums + added->tile * chunk.value_width);
    } else if (scored != nullptr) {
      Products::scores(scratch.queries + scored->tile * chunk.score_width, chunk.score_width,
                       scored->rows, scratch.keys,
                       scored->computed.low + (part - adding) * kKeyStep, scored->scores);
    }
    if (weighed != nullptr) weigh_rows(chunk, *weighed, part * share, share);
  }
}

/// Adds a packed block to every tile of the chunk that sees some of it.
template <class Products>
void visit_block(const Chunk& chunk, const KeyBlock& block) {
  const HalfAttention& call = chunk.call;
  AttendScratch& scratch = chunk.scratch;
  Visit visits[3];
  Visit *next = visits, *scored = nullptr, *weighed = nullptr;
  int64_t turn = 0;
  for (int64_t tile = 0; tile < call.query_count; tile += kTileRows) {
    const int64_t rows = smaller(kTileRows, call.query_count - tile);
    const int64_t first = call.query_first + tile - block.first;
    const int64_t low = larger(0, first - chunk.window.before);
    const int64_t high = smaller(block.count, first + rows + chunk.window.after);
    if (low >= high) continue;
    const Visible computed = {low / kKeyStep * kKeyStep, round_up(high, kKeyStep)};
    for (int64_t step = computed.low; step < computed.high; step += kKeyStep) {
      const float reach = scratch.norms[tile / kTileRows] * block.norms[step / kKeyStep];
      if (!scratch.shifted[tile / kTileRows] && !(reach <= kReach)) shift(chunk, tile);
    }
    *next = {tile, rows, block.first, block.count, computed, scratch.scores[turn++ % 2]};
    advance<Products>(chunk, weighed, next, scored);
    weighed = scored;
    scored = next;
    next = visits + turn % 3;
  }
  if (scored != nullptr) advance<Products>(chunk, weighed, nullptr, scored);
  advance<Products>(chunk, scored, nullptr, nullptr);
}

void finish_chunk(const Chunk& chunk) {
  const HalfAttention& call = chunk.call;
  for (int64_t r = 0; r < call.query_count; ++r) {
    const float* sums = chunk.scratch.sums + r * chunk.value_width;
    auto* out = static_cast<HalfElement*>(call.out) + (call.query_first + r) * call.out_stride;
    const float total = sum_of(Vec::load(chunk.scratch.totals + r * Vec::kLanes));
    const Vec share = Vec::broadcast(1.0f / total);
    for (int64_t i = 0; i < call.value_dim; i += Vec::kLanes) {
      HalfProduct::store_first(out + i, Vec::load(sums + i) * share,
                               smaller(Vec::kLanes, call.value_dim - i));
    }
  }
}

template <class Products>
void attend_chunk(const HalfAttention& call) {
  const Window window = bounded(call.window, call.tokens);
  const Chunk chunk = {call, *static_cast<AttendScratch*>(call.scratch), window,
                       round_up(call.score_dim, 32), round_up(call.value_dim, 32)};
  start_chunk(chunk);
  // Blocks and steps of keys lie where they would for any other chunk of the sequence, so that a
  // row's sums do not depend on how its queries were cut.
  const int64_t first = larger(0, call.query_first - window.before) / kKeyStep * kKeyStep;
  const int64_t last = round_up(call.query_first + call.query_count + window.after, kKeyStep);
  const int64_t end = smaller(call.tokens, last);
  for (int64_t key = first, count = 0; key < end; key += count) {
    count = smaller(kPackedKeys - key % kPackedKeys, end - key);
    visit_block<Products>(chunk, pack_block(chunk, key, count));
  }
  finish_chunk(chunk);
}

}  // namespace
}  // namespace gatun::kernels
