// Attention in half precision: a chunk of queries of one head against the keys they see.
//
// Keys are visited in blocks (online softmax: Milakov and Gimelshein; Dao et al.,
// "FlashAttention"); a block is packed once for all queries of the chunk, whose sums wait in
// scratch memory. So no object grows with the square of the length.
#pragma once

#include "cpu/ops/functions.h"
#include "cpu/ops/operand.h"

namespace gatun::kernels {
namespace {

using AttendInput = AttendProduct::Input;
using AttendWeight = AttendProduct::Weight;

/// Queries that share one block of scores, and keys of one packed block: scores and weights of a
/// tile (24 KiB) stay in the first-level cache.
constexpr int64_t kTileRows = 32;
constexpr int64_t kPackedKeys = 128;
/// Keys are computed in groups of this many; sums over keys too.
constexpr int64_t kKeyStep = 32;
/// Weight of a masked key: 2^x is 0 for it, and differences of two of them stay finite.
constexpr float kMasked = -1e30f;

constexpr int64_t kPaddedScoreDim = kScoreDimMax + 32;
constexpr int64_t kPaddedValueDim = kHeadDimMax + 32;

/// The parts of the scratch memory.
struct AttendScratch {
  alignas(64) float sums[kQueryChunk * kPaddedValueDim];
  alignas(64) float maximum[kQueryChunk];
  alignas(64) float total[kQueryChunk];
  alignas(64) float scores[kTileRows * kPackedKeys];
  alignas(64) AttendInput weights[kTileRows * kPackedKeys];
  alignas(64) AttendInput queries[kQueryChunk * kPaddedScoreDim];
  alignas(64) AttendWeight keys[kPackedKeys * kPaddedScoreDim];
  alignas(64) AttendWeight values[kPackedKeys * kPaddedValueDim];
};

int64_t half_attention_scratch() { return sizeof(AttendScratch); }

/// A chunk on its way.
struct Chunk {
  const HalfAttention& call;
  AttendScratch& scratch;
  int64_t window;
  int64_t score_width;  ///< score_dim padded to whole steps
  int64_t value_width;  ///< value_dim padded to whole vectors
};

/// [width/kDepth][kPackedKeys][kDepth] of keys key … key+count−1, zero past the count.
void pack_keys(const Chunk& chunk, int64_t key, int64_t count) {
  const HalfAttention& call = chunk.call;
  const auto* k = static_cast<const HalfElement*>(call.k) + key * call.stride;
  AttendProduct::pack_keys(k, call.stride, count, call.score_dim, chunk.score_width, kPackedKeys,
                           chunk.scratch.keys);
}

/// [kPackedKeys/kDepth][width][kDepth] of values key … key+count−1, zero past the count.
void pack_values(const Chunk& chunk, int64_t key, int64_t count) {
  const HalfAttention& call = chunk.call;
  const auto* v = static_cast<const HalfElement*>(call.v) + key * call.stride;
  AttendProduct::pack_values(v, call.stride, count, call.value_dim, chunk.value_width,
                             round_up(count, kKeyStep), chunk.scratch.values);
}

void start_chunk(const Chunk& chunk) {
  const HalfAttention& call = chunk.call;
  AttendScratch& scratch = chunk.scratch;
  const int64_t rows = round_up(call.query_count, kTileRows);
  __builtin_memset(scratch.sums, 0, static_cast<size_t>(rows * chunk.value_width) * sizeof(float));
  for (int64_t r = 0; r < rows; ++r) {
    scratch.maximum[r] = kMasked;
    scratch.total[r] = 0.0f;
    AttendInput* to = scratch.queries + r * chunk.score_width;
    int64_t copied = 0;
    if (r < call.query_count) {
      copied = call.score_dim;
      __builtin_memcpy(
          to, static_cast<const HalfElement*>(call.q) + (call.query_first + r) * call.stride,
          static_cast<size_t>(copied) * sizeof(AttendInput));
    }
    __builtin_memset(to + copied, 0,
                     static_cast<size_t>(chunk.score_width - copied) * sizeof(AttendInput));
  }
}

/// Keys of a packed block that the rows of one tile see: low … high−1, block-relative, whole steps.
struct Visible {
  int64_t low;
  int64_t high;
};

/// Weights of row r (tile-relative) for the computed keys; `low` … `high` of them are seen.
void weigh_half(const Chunk& chunk, int64_t tile, int64_t r, Visible computed, int64_t low,
                int64_t high) {
  AttendScratch& scratch = chunk.scratch;
  float* scores = scratch.scores + r * kPackedKeys;
  AttendInput* weights = scratch.weights + r * kPackedKeys;
  for (int64_t j = computed.low; j < smaller(low, computed.high); ++j) scores[j] = kMasked;
  for (int64_t j = larger(high, computed.low); j < computed.high; ++j) scores[j] = kMasked;
  Vec highest = Vec::load(scores + computed.low);
  for (int64_t j = computed.low + Vec::kLanes; j < computed.high; j += Vec::kLanes) {
    highest = max(highest, Vec::load(scores + j));
  }
  const float before = scratch.maximum[tile + r];
  const float here = max_of(highest);
  const float maximum = here > before ? here : before;
  if (maximum <= kMasked) {  // nothing seen so far
    __builtin_memset(weights + computed.low, 0,
                     static_cast<size_t>(computed.high - computed.low) * sizeof(AttendInput));
    return;
  }
  const Vec top = Vec::broadcast(maximum);
  Vec totals[2] = {Vec::zero(), Vec::zero()};
  for (int64_t j = computed.low; j < computed.high; j += 2 * Vec::kLanes) {
    const Vec a = coarse_exp2(Vec::load(scores + j) - top);
    const Vec b = coarse_exp2(Vec::load(scores + j + Vec::kLanes) - top);
    totals[0] = totals[0] + a;
    totals[1] = totals[1] + b;
    HalfProduct::store_pair(weights + j, a, b);
  }
  if (maximum != before) {
    const float shrink =
        before <= kMasked ? 0.0f : first_of(coarse_exp2(Vec::broadcast(before - maximum)));
    scratch.maximum[tile + r] = maximum;
    scratch.total[tile + r] *= shrink;
    float* sums = scratch.sums + (tile + r) * chunk.value_width;
    const Vec factor = Vec::broadcast(shrink);
    for (int64_t i = 0; i < chunk.value_width; i += Vec::kLanes) {
      (Vec::load(sums + i) * factor).store(sums + i);
    }
  }
  scratch.total[tile + r] += sum_of(totals[0] + totals[1]);
}

/// Adds packed keys key … key+count−1 to the rows of the tile that starts at row `tile`. Products:
/// how the tier multiplies, scores() and values().
template <class Products>
void visit_tile(const Chunk& chunk, int64_t tile, int64_t key, int64_t count) {
  const HalfAttention& call = chunk.call;
  AttendScratch& scratch = chunk.scratch;
  const int64_t rows = smaller(kTileRows, call.query_count - tile);
  const int64_t first_query = call.query_first + tile;
  const int64_t low = larger(0, first_query - chunk.window - key);
  const int64_t high = smaller(count, first_query + rows + chunk.window - key);
  if (low >= high) return;
  const Visible computed = {low / kKeyStep * kKeyStep, round_up(high, kKeyStep)};
  Products::scores(scratch.queries + tile * chunk.score_width, chunk.score_width, rows,
                   scratch.keys, computed.low, computed.high, scratch.scores);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t query = first_query + r;
    weigh_half(chunk, tile, r, computed, larger(0, query - chunk.window - key),
               smaller(count, query + chunk.window + 1 - key));
  }
  Products::values(scratch.weights, rows, computed.low, computed.high, scratch.values,
                   chunk.value_width, scratch.sums + tile * chunk.value_width);
}

void finish_chunk(const Chunk& chunk) {
  const HalfAttention& call = chunk.call;
  for (int64_t r = 0; r < call.query_count; ++r) {
    const float* sums = chunk.scratch.sums + r * chunk.value_width;
    auto* out = static_cast<HalfElement*>(call.out) + (call.query_first + r) * call.out_stride;
    const Vec share = Vec::broadcast(1.0f / chunk.scratch.total[r]);
    for (int64_t i = 0; i < call.value_dim; i += Vec::kLanes) {
      HalfProduct::store_first(out + i, Vec::load(sums + i) * share,
                               smaller(Vec::kLanes, call.value_dim - i));
    }
  }
}

template <class Products>
void attend_chunk(const HalfAttention& call) {
  // A window as wide as the sequence hides nothing; the bound also keeps sums of it in range.
  const int64_t window = call.window < 0 || call.window > call.tokens ? call.tokens : call.window;
  const Chunk chunk = {call, *static_cast<AttendScratch*>(call.scratch), window,
                       round_up(call.score_dim, 32), round_up(call.value_dim, 32)};
  start_chunk(chunk);
  const int64_t first = larger(0, call.query_first - window);
  const int64_t end = smaller(call.tokens, call.query_first + call.query_count + window);
  for (int64_t key = first; key < end; key += kPackedKeys) {
    const int64_t count = smaller(kPackedKeys, end - key);
    pack_keys(chunk, key, count);
    pack_values(chunk, key, count);
    for (int64_t tile = 0; tile < call.query_count; tile += kTileRows) {
      visit_tile<Products>(chunk, tile, key, count);
    }
  }
  finish_chunk(chunk);
}

}  // namespace
}  // namespace gatun::kernels
