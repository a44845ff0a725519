#include "encoder/forward_pass.h"

#include <algorithm>
#include <cstring>

namespace gatun::encoder {
namespace {

using backend::Rows;
using Kind = Wanted::Kind;

bool is_final(const Wanted& w) {
  switch (w.kind) {
    case Kind::kHidden: return w.layer == kFinalLayer;
    case Kind::kEmbedding: return w.layer == kWholeModel;
    case Kind::kLogits: return true;
  }
  return true;
}

bool any_final(std::span<const Wanted> wanted) {
  return std::any_of(wanted.begin(), wanted.end(), is_final);
}

size_t layers_for(const Graph& graph, std::span<const Wanted> wanted) {
  if (any_final(wanted)) return graph.layers.size();
  int64_t last = 0;
  for (const Wanted& w : wanted) last = std::max(last, w.layer);
  return static_cast<size_t>(last);
}

}  // namespace

ForwardPass::ForwardPass(const Graph& graph, backend::Lane& lane, const Batch& batch,
                         std::span<const Wanted> wanted, float* workspace)
    : graph_(graph),
      lane_(lane),
      batch_(batch),
      wanted_(wanted),
      steps_(graph, lane, batch, workspace),
      tokens_(batch.tokens()),
      hidden_(graph.config.hidden_size),
      chunk_(chunk_rows(graph)),
      needs_final_(any_final(wanted)),
      layers_needed_(layers_for(graph, wanted)) {}

bool ForwardPass::advance(backend::Deadline deadline) {
  do {
    if (stage_ == Stage::kEnd) return true;
    step(deadline);
  } while (deadline == backend::kNoDeadline || backend::Deadline::clock::now() < deadline);
  return stage_ == Stage::kEnd;
}

void ForwardPass::step(backend::Deadline deadline) {
  switch (stage_) {
    case Stage::kEmbed: embed(take_rows(after_layers(0))); return;
    case Stage::kProject: steps_.project(graph_.layers[layer_], take_rows(Stage::kAttend)); return;
    case Stage::kAttend:
      tile_ = steps_.attend(graph_.layers[layer_], tile_, deadline);
      if (tile_ != backend::kNoTile) return;
      tile_ = 0;
      stage_ = Stage::kTransform;
      return;
    case Stage::kTransform: transform(); return;
    case Stage::kExit: leave_early(take_rows(after_layers(layer_))); return;
    case Stage::kFinal: finish(take_rows(Stage::kEnd)); return;
    case Stage::kEnd: return;
  }
}

ForwardPass::Stage ForwardPass::after_layers(size_t layers) const {
  if (layers < layers_needed_) return Stage::kProject;
  return needs_final_ ? Stage::kFinal : Stage::kEnd;
}

Rows ForwardPass::take_rows(Stage then) {
  const Rows rows = {row_, std::min(chunk_, tokens_ - row_)};
  row_ += rows.count;
  if (row_ == tokens_) {
    row_ = 0;
    stage_ = then;
  }
  return rows;
}

void ForwardPass::embed(Rows rows) const {
  steps_.embed(rows);
  deliver_hidden(0, rows);
}

void ForwardPass::transform() {
  const Layer& layer = graph_.layers[layer_];
  const auto done = static_cast<int64_t>(layer_) + 1;
  const Rows rows = take_rows(wants_exit(done) ? Stage::kExit : after_layers(layer_ + 1));
  steps_.add_attention(layer, rows);
  steps_.add_mlp(layer, rows);
  deliver_hidden(done, rows);
  if (is_last(rows)) ++layer_;
}

/// Embeddings of a model that may stop early: the final norm, then pooling, of the last block.
void ForwardPass::leave_early(Rows rows) const {
  steps_.final_norm(rows, steps_.context(rows.first));
  if (!is_last(rows)) return;
  for_wanted(Kind::kEmbedding, static_cast<int64_t>(layer_),
             [&](float* values) { embedding(steps_.context(0), values); });
}

void ForwardPass::finish(Rows rows) const {
  steps_.final_norm(rows, steps_.x(rows.first));
  deliver_hidden(kFinalLayer, rows);
  if (graph_.config.head == model::HeadKind::kToken) {
    for_wanted(Kind::kLogits, 0, [&](float* values) {
      classify(graph_, lane_, steps_.x(rows.first), rows.count, steps_.chunk(),
               values + rows.first * graph_.labels());
    });
  }
  if (is_last(rows)) deliver_pooled();
}

void ForwardPass::deliver_hidden(int64_t layer, Rows rows) const {
  for_wanted(Kind::kHidden, layer, [&](float* values) {
    std::memcpy(values + rows.first * hidden_, steps_.x(rows.first),
                static_cast<size_t>(rows.count * hidden_) * sizeof(float));
  });
}

void ForwardPass::deliver_pooled() const {
  for_wanted(Kind::kEmbedding, kWholeModel, [&](float* values) { embedding(steps_.x(0), values); });
  if (graph_.config.head != model::HeadKind::kSequence) return;
  float* pooled = steps_.spare();
  float* dense = pooled + tokens_ * hidden_;
  for_wanted(Kind::kLogits, 0, [&](float* values) {
    pool(graph_, lane_, steps_.x(0), batch_.offsets, pooled);
    classify(graph_, lane_, pooled, batch_.sequences(), dense, values);
  });
}

void ForwardPass::embedding(const float* y, float* values) const {
  pool(graph_, lane_, y, batch_.offsets, values);
  if (graph_.config.normalized) lane_.normalize(values, batch_.sequences(), hidden_);
}

bool ForwardPass::wants_exit(int64_t layer) const {
  return std::any_of(wanted_.begin(), wanted_.end(), [layer](const Wanted& w) {
    return w.kind == Kind::kEmbedding && w.layer == layer;
  });
}

template <class Body>
void ForwardPass::for_wanted(Kind kind, int64_t layer, const Body& body) const {
  for (const Wanted& w : wanted_) {
    if (w.kind == kind && (kind == Kind::kLogits || w.layer == layer)) body(w.values);
  }
}

int64_t workspace_floats(const Graph& graph, int64_t tokens) { return layout(graph, tokens).end; }

void encode(const Graph& graph, backend::Lane& lane, const Batch& batch,
            std::span<const Wanted> wanted) {
  float* workspace =
      lane.reserve(backend::Workspace::kRun, workspace_floats(graph, batch.tokens()));
  ForwardPass(graph, lane, batch, wanted, workspace).advance(backend::kNoDeadline);
}

}  // namespace gatun::encoder
