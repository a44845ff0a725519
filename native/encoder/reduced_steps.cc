#include "encoder/reduced_steps.h"

#include <algorithm>
#include <cstring>

#include "encoder/rows.h"

namespace gatun::encoder {
namespace {

using backend::Halves;
using backend::Linear;
using backend::Rows;

/// Softmax in powers of two: e^s = 2^(s·log₂e).
constexpr float kLog2E = 1.44269504f;

int64_t rounded(int64_t count, int64_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// Elements between rows of a half matrix.
int64_t half_stride(int64_t width) { return rounded(width, 32); }

bool is_rotated(const Graph& graph) {
  return graph.layers.front().qkv->shape().form.pairs.group != 0;
}

backend::Heads heads_of(const Graph& graph) {
  const model::EncoderConfig& config = graph.config;
  backend::Heads heads = {};
  heads.heads = config.attention_heads;
  heads.key_heads = config.key_heads;
  heads.value_dim = config.head_dim;
  heads.score_dim =
      is_rotated(graph) ? graph.backend->rotated_dim(heads.value_dim) : heads.value_dim;
  heads.qkv.stride = half_stride(heads.width());
  return heads;
}

/// Bytes that hold the operand of any layer.
int64_t operand_room(const Graph& graph, int64_t rows) {
  int64_t room = 0;
  for (const Slot slot : {Slot::kQkv, Slot::kAttentionOut, Slot::kUp, Slot::kDown}) {
    const backend::LinearShape& shape = graph.layers.front().linear(slot)->shape();
    room = std::max(room, graph.backend->operand_bytes(shape, rows));
  }
  return room;
}

}  // namespace

ReducedLayout reduced_layout(const Graph& graph, int64_t start, int64_t rows, int64_t chunk,
                             int64_t segments) {
  const model::EncoderConfig& config = graph.config;
  const backend::Heads heads = heads_of(graph);
  const int64_t half = graph.backend->half_bytes();
  // An operand of its own for each segment may end in as much padding as one more row has.
  const int64_t operand =
      operand_room(graph, chunk) + std::max<int64_t>(segments - 1, 0) * operand_room(graph, 1);
  int64_t end = start;
  const auto take = [&end](int64_t bytes) {
    const int64_t at = end;
    end += rounded(bytes, 64) / int64_t{sizeof(float)};
    return at;
  };
  constexpr int64_t kFloat = sizeof(float);
  ReducedLayout at{};
  at.qkv = take(std::max(rows * heads.qkv.stride * half, 2 * rows * config.hidden_size * kFloat));
  const bool in_place = heads.score_dim == heads.value_dim;
  at.context = take(in_place ? 0 : rows * half_stride(config.query_width()) * half);
  at.plain = take(config.head_norms ? chunk * config.qkv_width() * kFloat : 0);
  at.operand = take(operand);
  at.gated = take(chunk * half_stride(config.intermediate_size) * half);
  at.positions = take(rows * int64_t{sizeof(int32_t)});
  at.end = end;
  return at;
}

ReducedSteps::ReducedSteps(const Graph& graph, backend::Lane& lane, const ReducedLayout& layout,
                           float* branch, float* workspace)
    : graph_(graph),
      config_(graph.config),
      lane_(lane),
      hidden_(graph.config.hidden_size),
      half_(graph.backend->half_bytes()),
      heads_(heads_of(graph)) {
  const auto bytes = [workspace](int64_t at) {
    return reinterpret_cast<std::byte*>(workspace + at);
  };
  heads_.qkv.data = bytes(layout.qkv);
  context_ =
      in_place() ? heads_.qkv : Halves{bytes(layout.context), half_stride(config_.query_width())};
  gated_ = {bytes(layout.gated), half_stride(config_.intermediate_size)};
  operand_ = bytes(layout.operand);
  positions_ = reinterpret_cast<int32_t*>(workspace + layout.positions);
  plain_ = workspace + layout.plain;
  branch_ = branch;
  // Products read whole rows of halves; what no step writes has to be finite.
  const auto clear = [&](int64_t from, int64_t to) {
    std::memset(bytes(from), 0, static_cast<size_t>((to - from) * int64_t{sizeof(float)}));
  };
  if (!in_place()) clear(layout.context, layout.plain);
  if (gated_.stride != config_.intermediate_size) clear(layout.gated, layout.positions);
}

ReducedSteps::ReducedSteps(const ReducedSteps& whole, backend::Lane& lane, const Segment& segment,
                           std::byte* operand)
    : graph_(whole.graph_),
      config_(whole.config_),
      lane_(lane),
      hidden_(whole.hidden_),
      half_(whole.half_),
      heads_(whole.heads_),
      context_(whole.context_),
      gated_{whole.gated_.row(segment.rows.first, half_), whole.gated_.stride},
      operand_(operand),
      positions_(whole.positions_),
      plain_(whole.plain_ + segment.rows.first * config_.qkv_width()),
      branch_(whole.branch_ + segment.rows.first * hidden_) {}

/// Only where every thread has a share of the segments.
bool ReducedSteps::apart(const Phase& phase) const {
  if (phase.segments.size() < 2) return false;
  int64_t most = 0;
  for (const Segment& segment : phase.segments) most = std::max(most, segment.rows.count);
  return most * lane_.threads() <= phase.rows();
}

void ReducedSteps::compute_apart(const Phase& phase, const Phase* asked, size_t layer, float* x,
                                 int64_t longest) const {
  const auto part = [&](backend::Lane& lane, size_t index) {
    std::byte* operand = operand_;
    for (size_t i = 0; i < index; ++i) {
      operand += operand_room(graph_, phase.segments[i].rows.count);
    }
    const Segment& segment = phase.segments[index];
    ReducedSteps(*this, lane, segment, operand)
        .compute_segment(phase, asked, index, layer, x, longest);
  };
  // All threads share the segments that would leave some of them without one.
  const size_t shared = phase.segments.size() % static_cast<size_t>(lane_.threads());
  for (size_t i = 0; i < shared; ++i) part(lane_, i);
  lane_.each(
      static_cast<int64_t>(phase.segments.size() - shared),
      [&](backend::Lane& lane, int64_t task) { part(lane, shared + static_cast<size_t>(task)); });
  for (size_t i = 0; asked != nullptr && i < phase.segments.size(); ++i) {
    const Rows to = asked->segments[i].rows;
    std::memmove(x + to.first * hidden_, x + phase.segments[i].rows.first * hidden_,
                 static_cast<size_t>(to.count * hidden_) * sizeof(float));
  }
}

void ReducedSteps::narrow(const Phase& asked) const {
  const int64_t width = half_stride(config_.query_width()) * half_;
  keep_rows(context_.data, context_.stride * half_, width, asked.origin);
}

Rows ReducedSteps::narrow(const Segment& segment, const Phase& asked, size_t index,
                          float* x) const {
  const Rows kept = asked.segments[index].rows;
  const int64_t first = segment.rows.first;
  const int64_t width = half_stride(config_.query_width()) * half_;
  const auto origin =
      std::span(asked.origin)
          .subspan(static_cast<size_t>(kept.first), static_cast<size_t>(kept.count));
  keep_rows(x, hidden_, hidden_, origin, first);
  keep_rows(context_.data, context_.stride * half_, width, origin, first);
  return {first, kept.count};
}

void ReducedSteps::compute_segment(const Phase& phase, const Phase* asked, size_t index,
                                   size_t layer, float* x, int64_t longest) const {
  const Segment& segment = phase.segments[index];
  project(phase, layer, segment.rows, x, longest);
  const backend::Offsets offsets(phase.offsets);
  lane_.attend_halves(heads_, context_, graph_.layers[layer].window,
                      offsets.subspan(segment.first, segment.count + 1), 0, backend::kNoDeadline);
  const Rows rows = asked == nullptr ? segment.rows : narrow(segment, *asked, index, x);
  add_attention(phase, layer, rows, x);
  add_mlp(phase, layer, rows, x);
}

template <class Body>
void ReducedSteps::for_weights(const Phase& phase, size_t layer, Slot slot, Rows rows,
                               const Body& body) const {
  const Linear& trunk = *graph_.layers[layer].linear(slot);
  Rows shared{rows.first, 0};
  const auto flush = [&](int64_t next) {
    if (shared.count > 0) body(trunk, shared);
    shared = {next, 0};
  };
  for (const Segment& segment : phase.segments) {
    const Rows part = common(segment.rows, rows);
    if (part.count == 0) continue;
    const Linear* own = segment.merged ? segment.task->linear(layer, slot).merged.get() : nullptr;
    if (own == nullptr) {
      shared.count += part.count;
      continue;
    }
    flush(part.first + part.count);
    body(*own, part);
  }
  flush(0);
}

void ReducedSteps::project(const Phase& phase, size_t index, Rows rows, float* x,
                           int64_t longest) const {
  const Layer& layer = graph_.layers[index];
  const bool norm = norms_before() && layer.attention_norm;
  const backend::Norm weights = layer.attention_norm.view();
  backend::Rotation rotation = {nullptr, positions_ + rows.first, config_.attention_scale * kLog2E};
  std::shared_ptr<const RotaryTables::Values> tables;
  backend::RotaryTable table = {};
  if (layer.rotary >= 0) {
    tables = graph_.rotaries[static_cast<size_t>(layer.rotary)]->at_least(longest);
    table = tables->view();
    rotation.table = &table;
    size_t strand = 0;
    for (int64_t row = rows.first; row < rows.first + rows.count; ++row) {
      while (phase.offsets[strand + 1] <= row) ++strand;
      positions_[row] = static_cast<int32_t>(row - phase.offsets[strand]);
    }
  }
  for_weights(phase, index, Slot::kQkv, rows, [&](const Linear& linear, Rows part) {
    lane_.encode(norm ? &weights : nullptr, x + part.first * hidden_, part.count, nullptr, linear,
                 operand_);
    rotation.positions = positions_ + part.first;
    multiply_heads(layer, linear, part, rotation);
  });
}

/// A norm needs a whole head before its first column can be rotated, so it cannot be fused.
void ReducedSteps::multiply_heads(const Layer& layer, const Linear& linear, Rows rows,
                                  const backend::Rotation& rotation) const {
  backend::Heads heads = heads_;
  heads.qkv.data = heads_.qkv.row(rows.first, half_);
  if (!layer.query_norm) {
    return lane_.multiply_heads(linear, operand_, rows.count, rotation, heads);
  }
  const auto floats = static_cast<size_t>(rows.count * linear.outputs());
  std::memset(plain_, 0, floats * sizeof(float));
  lane_.multiply_add(linear, operand_, 0, rows.count, plain_);
  lane_.store_heads(layer.query_norm.view(), layer.key_norm.view(), rotation, plain_, rows.count,
                    heads);
}

int64_t ReducedSteps::attend(const Phase& phase, size_t layer, int64_t tile,
                             backend::Deadline deadline) const {
  return lane_.attend_halves(heads_, context_, graph_.layers[layer].window, phase.offsets, tile,
                             deadline);
}

void ReducedSteps::add_product(const Phase& phase, size_t layer, Slot slot, const NormWeights& out,
                               Rows rows, Halves x, float* y) const {
  if (out) {
    const int64_t floats = rows.count * hidden_;
    std::memset(branch_, 0, static_cast<size_t>(floats) * sizeof(float));
    add_product(phase, layer, slot, {}, rows, x, branch_);
    lane_.norm(out.view(), branch_, rows.count, hidden_, branch_);
    return lane_.add(branch_, floats, y);
  }
  for_weights(phase, layer, slot, rows, [&](const Linear& linear, Rows part) {
    const int64_t at = part.first - rows.first;
    const Halves from = {x.row(at, half_), x.stride};
    float* to = y + at * linear.outputs();
    if (linear.shape().form.precision == backend::Precision::kBf16) {
      lane_.multiply_add(linear, from.data, from.stride, part.count, to);
    } else {
      lane_.quantize(from, part.count, linear, operand_);
      lane_.multiply_add(linear, operand_, 0, part.count, to);
    }
  });
}

void ReducedSteps::add_attention(const Phase& phase, size_t layer, Rows rows, float* x) const {
  const Halves context = {context_.row(rows.first, half_), context_.stride};
  add_product(phase, layer, Slot::kAttentionOut, graph_.layers[layer].attention_out_norm, rows,
              context, x + rows.first * hidden_);
}

void ReducedSteps::add_mlp(const Phase& phase, size_t index, Rows rows, float* x) const {
  const Layer& layer = graph_.layers[index];
  // Where norms follow the sums, attention's own is due now and gives the stream its new value.
  const bool after = !norms_before();
  const NormWeights& norm = after ? layer.attention_norm : layer.mlp_norm;
  const backend::Norm weights = norm.view();
  for_weights(phase, index, Slot::kUp, rows, [&](const Linear& linear, Rows part) {
    float* from = x + part.first * hidden_;
    lane_.encode(norm ? &weights : nullptr, from, part.count, after ? from : nullptr, linear,
                 operand_);
    lane_.multiply_activate(linear, operand_, part.count, config_.activation,
                            {gated_.row(part.first - rows.first, half_), gated_.stride});
  });
  float* to = x + rows.first * hidden_;
  add_product(phase, index, Slot::kDown, layer.mlp_out_norm, rows, gated_, to);
  if (after) lane_.norm(layer.mlp_norm.view(), to, rows.count, hidden_, to);
}

}  // namespace gatun::encoder
