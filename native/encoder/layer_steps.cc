#include "encoder/layer_steps.h"

#include <algorithm>
#include <cstring>

#include "encoder/rows.h"

namespace gatun::encoder {
namespace {

using backend::Epilogue;
using backend::Rows;
using model::NormPosition;

/// Multiplications and additions of a step, about: some milliseconds on two cores in fp32.
constexpr int64_t kStepOperations = 1'000'000'000;

/// How many times as much fits into a step in another precision.
int64_t speed(backend::Precision precision) {
  switch (precision) {
    case backend::Precision::kF32: return 1;
    case backend::Precision::kBf16: return 2;
    case backend::Precision::kInt8: return 4;
  }
  return 1;
}

/// Fewer rows would read the weights too often; more would not be faster.
constexpr int64_t kChunkRowsMin = 128;
constexpr int64_t kChunkRowsMax = 1024;

int64_t aligned(int64_t floats) { return (floats + 15) / 16 * 16; }

int64_t longest_sequence(backend::Offsets offsets) {
  int64_t longest = 0;
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    longest = std::max<int64_t>(longest, offsets[i + 1] - offsets[i]);
  }
  return longest;
}

/// Calls body(rows, token) for those of a segment's rows that are in `rows` and follow each other
/// in the batch, from its token `token` on.
template <class Body>
void for_tokens(const Phase& phase, const Segment& segment, backend::Offsets batch, Rows rows,
                const Body& body) {
  const size_t end = segment.first + segment.count;
  for (size_t first = segment.first; first < end;) {
    const auto sequence = static_cast<size_t>(phase.strands[first].sequence);
    size_t next = first + 1;
    while (next < end && phase.strands[next].sequence == phase.strands[next - 1].sequence + 1) {
      ++next;
    }
    const Rows run{phase.offsets[first], phase.offsets[next] - phase.offsets[first]};
    const Rows part = common(run, rows);
    if (part.count > 0) {
      body(part, static_cast<size_t>(batch[sequence] + part.first - run.first));
    }
    first = next;
  }
}

}  // namespace

int64_t chunk_rows(const Graph& graph) {
  const model::EncoderConfig& config = graph.config;
  const int64_t up = config.intermediate_size * (config.gated ? 2 : 1);
  const int64_t weights =
      config.hidden_size * (config.query_width() + up + config.intermediate_size);
  const int64_t operations = kStepOperations * speed(graph.precision);
  return std::clamp(operations / (2 * weights) / kChunkRowsMin * kChunkRowsMin, kChunkRowsMin,
                    kChunkRowsMax);
}

/// Widest vector before, between and after the dense layers behind the pooling.
int64_t pooled_width(const model::EncoderConfig& config) {
  int64_t widest = config.hidden_size;
  for (const model::DenseModule& module : config.dense) widest = std::max(widest, module.outputs);
  return widest;
}

Layout layout(const Graph& graph, int64_t rows, int64_t segments, int64_t rank) {
  const model::EncoderConfig& config = graph.config;
  const int64_t hidden = config.hidden_size;
  const bool around = config.norm_position == NormPosition::kAroundBranch;
  const int64_t chunk = std::min(rows, chunk_rows(graph));
  const int64_t inner = config.intermediate_size;
  int64_t end = 0;
  const auto take = [&end](int64_t floats) {
    const int64_t start = end;
    end += aligned(floats);
    return start;
  };
  Layout at{};
  at.x = take(rows * hidden);
  at.normed = take(chunk * hidden);
  at.branch = take(around ? chunk * hidden : 0);
  at.pooled = take(config.dense.empty() ? 0 : 2 * kPooledRows * pooled_width(config));
  if (graph.precision != backend::Precision::kF32) {
    at.reduced = reduced_layout(graph, end, rows, chunk, segments);
    at.qkv = at.context = at.reduced.qkv;
    at.end = at.reduced.end;
    return at;
  }
  at.qkv = take(rows * std::max(config.qkv_width(), 2 * hidden));
  at.context = take(rows * std::max(config.query_width(), hidden));
  at.up = take(chunk * inner * (config.gated ? 2 : 1));
  at.gated = take(config.gated ? chunk * inner : 0);
  at.factors = take(chunk * rank);
  at.end = end;
  return at;
}

LayerSteps::LayerSteps(const Graph& graph, backend::Lane& lane, const Batch& batch,
                       const Schedule& schedule, float* workspace)
    : graph_(graph),
      config_(graph.config),
      lane_(lane),
      batch_(batch),
      hidden_(graph.config.hidden_size),
      longest_(longest_sequence(batch.offsets)),
      phase_(schedule.phases().data()),
      pooled_width_(pooled_width(graph.config)) {
  const Layout at =
      layout(graph, schedule.rows_max(), schedule.segments_max(), schedule.rank_max());
  x_ = workspace + at.x;
  qkv_ = workspace + at.qkv;
  context_ = workspace + at.context;
  normed_ = workspace + at.normed;
  branch_ = workspace + at.branch;
  pooled_ = workspace + at.pooled;
  up_ = workspace + at.up;
  gated_ = workspace + at.gated;
  factors_ = workspace + at.factors;
  if (graph.precision != backend::Precision::kF32) {
    reduced_.emplace(graph, lane, at.reduced, branch_, workspace);
  }
}

void LayerSteps::reorder(const Phase& next, Rows rows) const {
  const backend::Table stream{x_, backend::RowForm::kF32, phase_->rows(), hidden_};
  const std::span<const int32_t> origin(next.origin);
  lane_.gather(stream,
               origin.subspan(static_cast<size_t>(rows.first), static_cast<size_t>(rows.count)),
               Epilogue::kStore, context(rows.first));
}

void LayerSteps::follow(const Phase& next) {
  std::memcpy(x_, context_, static_cast<size_t>(next.rows() * hidden_) * sizeof(float));
  phase_ = &next;
}

void LayerSteps::narrow(const Phase& asked) {
  keep_rows(x_, hidden_, hidden_, asked.origin);
  if (reduced_) {
    reduced_->narrow(asked);
  } else {
    keep_rows(context_, config_.query_width(), config_.query_width(), asked.origin);
  }
  phase_ = &asked;
}

void LayerSteps::linear(size_t layer, Slot slot, Rows rows, const float* x, Epilogue epilogue,
                        float* y) const {
  const backend::Linear& trunk = *graph_.layers[layer].linear(slot);
  const auto apply = [&](const backend::Linear& weights, Rows part) {
    if (part.count == 0) return;
    const int64_t at = part.first - rows.first;
    lane_.linear(weights, x + at * trunk.inputs(), part.count, epilogue, y + at * trunk.outputs());
  };
  // Neighbours that read the trunk's weights are one product.
  Rows shared{rows.first, 0};
  for (const Segment& segment : phase_->segments) {
    const Rows part = common(segment.rows, rows);
    if (part.count == 0) continue;
    const backend::Linear* own =
        segment.merged ? segment.task->linear(layer, slot).merged.get() : nullptr;
    if (own == nullptr) {
      shared.count += part.count;
      continue;
    }
    apply(trunk, shared);
    apply(*own, part);
    shared = {part.first + part.count, 0};
  }
  apply(trunk, shared);
  for (const Segment& segment : phase_->segments) {
    const Rows part = common(segment.rows, rows);
    if (part.count == 0 || segment.task == nullptr || segment.merged) continue;
    const TaskLinear& own = segment.task->linear(layer, slot);
    if (!own.adapted()) continue;
    const int64_t at = part.first - rows.first;
    lane_.linear(*own.down, x + at * trunk.inputs(), part.count, Epilogue::kStore, factors_);
    lane_.linear(*own.up, factors_, part.count, Epilogue::kAccumulate, y + at * trunk.outputs());
  }
}

void LayerSteps::embed(Rows rows) const {
  for (const Segment& segment : phase_->segments) {
    const Task* task = segment.task;
    const TableWeights& types = task != nullptr ? task->types : graph_.embedding.types;
    for_tokens(*phase_, segment, batch_.offsets, rows,
               [&](Rows part, size_t token) { embed(part, token, types); });
  }
}

void LayerSteps::embed(Rows rows, size_t token, const TableWeights& types) const {
  const Embedding& embedding = graph_.embedding;
  const auto part = [rows, token](std::span<const int32_t> values) {
    return values.subspan(token, static_cast<size_t>(rows.count));
  };
  float* x = this->x(rows.first);
  lane_.gather(embedding.tokens.view(), part(batch_.ids), Epilogue::kStore, x);
  if (config_.embedding_scale != 1) {
    lane_.scale(config_.embedding_scale, rows.count * hidden_, x);
  }
  if (embedding.positions) {
    lane_.add_positions(embedding.positions.view(), phase_->offsets, rows, x);
  }
  if (types && batch_.types.empty()) {
    lane_.add_row(static_cast<const float*>(types.view().rows), rows.count, hidden_, x);
  } else if (types) {
    lane_.gather(types.view(), part(batch_.types), Epilogue::kAccumulate, x);
  }
  if (embedding.norm) lane_.norm(embedding.norm.view(), x, rows.count, hidden_, x);
}

void LayerSteps::project(size_t index, Rows rows) const {
  if (reduced_) return reduced_->project(*phase_, index, rows, x_, longest_);
  const Layer& layer = graph_.layers[index];
  const int64_t width = config_.qkv_width(), dim = config_.head_dim;
  float* qkv = qkv_ + rows.first * width;
  const float* a = before_branch(layer.attention_norm, rows);
  linear(index, Slot::kQkv, rows, a, Epilogue::kStore, qkv);
  if (layer.query_norm) {
    lane_.norm_heads(layer.query_norm.view(), rows.count, config_.attention_heads, dim, qkv, width);
    lane_.norm_heads(layer.key_norm.view(), rows.count, config_.key_heads, dim,
                     qkv + config_.query_width(), width);
  }
  if (layer.rotary < 0) return;
  const auto tables = graph_.rotaries[static_cast<size_t>(layer.rotary)]->at_least(longest_);
  lane_.rotate(tables->view(), phase_->offsets, rows, config_.attention_heads + config_.key_heads,
               dim, qkv, width);
}

int64_t LayerSteps::attend(size_t index, int64_t tile, backend::Deadline deadline) const {
  if (reduced_) return reduced_->attend(*phase_, index, tile, deadline);
  const Layer& layer = graph_.layers[index];
  return lane_.attend({qkv_, context_, config_.attention_heads, config_.key_heads, config_.head_dim,
                       layer.window, config_.attention_scale},
                      phase_->offsets, tile, deadline);
}

void LayerSteps::add_attention(size_t index, Rows rows) const {
  if (reduced_) return reduced_->add_attention(*phase_, index, rows, x_);
  const Layer& layer = graph_.layers[index];
  add_branch(index, Slot::kAttentionOut, layer.attention_out_norm, rows,
             context_ + rows.first * config_.query_width());
  after_sum(layer.attention_norm, rows);
}

void LayerSteps::add_mlp(size_t index, Rows rows) const {
  if (reduced_) return reduced_->add_mlp(*phase_, index, rows, x_);
  const Layer& layer = graph_.layers[index];
  const float* m = before_branch(layer.mlp_norm, rows);
  linear(index, Slot::kUp, rows, m, Epilogue::kStore, up_);
  const float* inner = up_;
  if (config_.gated) {
    lane_.gate(config_.activation, up_, rows.count, config_.intermediate_size, gated_);
    inner = gated_;
  } else {
    lane_.activate(config_.activation, up_, rows.count * config_.intermediate_size);
  }
  add_branch(index, Slot::kDown, layer.mlp_out_norm, rows, inner);
  after_sum(layer.mlp_norm, rows);
}

bool LayerSteps::apart() const {
  return reduced_ && phase_->rows() <= chunk_rows(graph_) && reduced_->apart(*phase_);
}

void LayerSteps::compute_apart(size_t layer, const Phase* asked) {
  reduced_->compute_apart(*phase_, asked, layer, x_, longest_);
  if (asked != nullptr) phase_ = asked;
}

void LayerSteps::add_branch(size_t layer, Slot slot, const NormWeights& out, Rows rows,
                            const float* from) const {
  float* x = this->x(rows.first);
  if (!out) return linear(layer, slot, rows, from, Epilogue::kAccumulate, x);
  linear(layer, slot, rows, from, Epilogue::kStore, branch_);
  lane_.norm(out.view(), branch_, rows.count, hidden_, branch_);
  lane_.add(branch_, rows.count * hidden_, x);
}

void LayerSteps::final_norm(Rows rows, float* y) const {
  const float* x = this->x(rows.first);
  if (graph_.final_norm) {
    lane_.norm(graph_.final_norm.view(), x, rows.count, hidden_, y);
  } else if (x != y) {
    copy(rows, y);
  }
}

void LayerSteps::copy(Rows rows, float* y) const {
  std::memcpy(y, x(rows.first), static_cast<size_t>(rows.count * hidden_) * sizeof(float));
}

const float* LayerSteps::before_branch(const NormWeights& norm, Rows rows) const {
  const float* x = this->x(rows.first);
  if (config_.norm_position == NormPosition::kAfterSum || !norm) return x;
  lane_.norm(norm.view(), x, rows.count, hidden_, normed_);
  return normed_;
}

void LayerSteps::after_sum(const NormWeights& norm, Rows rows) const {
  if (config_.norm_position != NormPosition::kAfterSum) return;
  lane_.norm(norm.view(), x(rows.first), rows.count, hidden_, x(rows.first));
}

}  // namespace gatun::encoder
