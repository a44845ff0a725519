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

}  // namespace

ForwardPass::ForwardPass(const Graph& graph, backend::Lane& lane, const Batch& batch,
                         std::span<const Wanted> wanted, const Schedule& schedule, float* workspace)
    : graph_(graph),
      lane_(lane),
      batch_(batch),
      wanted_(wanted),
      schedule_(schedule),
      steps_(graph, lane, batch, schedule, workspace),
      hidden_(graph.config.hidden_size),
      chunk_(chunk_rows(graph)),
      needs_final_(std::any_of(wanted.begin(), wanted.end(), is_final)) {}

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
    case Stage::kFork: fork(take_rows(next_phase()->rows(), Stage::kProject)); return;
    case Stage::kProject:
      if (steps_.apart()) return compute_apart();
      steps_.project(layer_, take_rows(Stage::kAttend));
      return;
    case Stage::kAttend:
      tile_ = steps_.attend(layer_, tile_, deadline);
      if (tile_ != backend::kNoTile) return;
      tile_ = 0;
      narrow();
      stage_ = Stage::kTransform;
      return;
    case Stage::kTransform: transform(); return;
    case Stage::kExit: leave_early(take_rows(after_layers(layer_))); return;
    case Stage::kFinal: finish(take_rows(Stage::kEnd)); return;
    case Stage::kEnd: return;
  }
}

ForwardPass::Stage ForwardPass::after_layers(size_t layers) const {
  if (layers == schedule_.layers()) return needs_final_ ? Stage::kFinal : Stage::kEnd;
  const Phase* next = next_phase();
  return next != nullptr && next->first_layer == layers ? Stage::kFork : Stage::kProject;
}

ForwardPass::Stage ForwardPass::after_layer(size_t number) const {
  return wants_exit(static_cast<int64_t>(number)) ? Stage::kExit : after_layers(number);
}

const Phase* ForwardPass::next_phase() const {
  return phase_ + 1 < schedule_.phases().size() ? &schedule_.phases()[phase_ + 1] : nullptr;
}

Rows ForwardPass::take_rows(int64_t total, Stage then) {
  const Rows rows = {row_, std::min(chunk_, total - row_)};
  row_ += rows.count;
  if (row_ == total) {
    row_ = 0;
    stage_ = then;
  }
  return rows;
}

void ForwardPass::embed(Rows rows) const {
  steps_.embed(rows);
  deliver_hidden(0, 0, rows);
}

void ForwardPass::fork(Rows rows) {
  const Phase& next = *next_phase();
  steps_.reorder(next, rows);
  if (rows.first + rows.count < next.rows()) return;
  steps_.follow(next);
  ++phase_;
}

const Phase* ForwardPass::asked() const {
  return layer_ + 1 == schedule_.layers() ? schedule_.asked() : nullptr;
}

void ForwardPass::narrow() {
  const Phase* asked = this->asked();
  if (asked == nullptr) return;
  steps_.narrow(*asked);
  narrowed_ = true;
}

void ForwardPass::transform() {
  const size_t done = layer_ + 1;
  const Rows rows = take_rows(after_layer(done));
  steps_.add_attention(layer_, rows);
  steps_.add_mlp(layer_, rows);
  deliver_hidden(static_cast<int64_t>(done), done, rows);
  if (is_last(rows)) ++layer_;
}

/// All rows of a phase make one chunk here.
void ForwardPass::compute_apart() {
  const size_t done = layer_ + 1;
  const Phase* asked = this->asked();
  steps_.compute_apart(layer_, asked);
  narrowed_ = asked != nullptr;
  const Rows rows = take_rows(after_layer(done));
  deliver_hidden(static_cast<int64_t>(done), done, rows);
  ++layer_;
}

/// Embeddings of a model that may stop early: the final norm, where it has one there, then pooling,
/// of the last block.
void ForwardPass::leave_early(Rows rows) const {
  const bool raw = graph_.config.raw_exits && layer_ < graph_.layers.size();
  if (raw) {
    steps_.copy(rows, steps_.context(rows.first));
  } else {
    steps_.final_norm(rows, steps_.context(rows.first));
  }
  if (!is_last(rows)) return;
  for_wanted(Kind::kEmbedding, static_cast<int64_t>(layer_),
             [&](const Wanted& w) { embedding(w, steps_.context(0)); });
}

void ForwardPass::finish(Rows rows) {
  steps_.final_norm(rows, steps_.x(rows.first));
  deliver_hidden(kFinalLayer, layer_, rows);
  deliver_token_logits(rows);
  if (is_last(rows)) deliver_pooled();
}

void ForwardPass::deliver_hidden(int64_t layer, size_t layers, Rows rows) const {
  for_wanted(Kind::kHidden, layer, [&](const Wanted& w) {
    for_rows(w, layers, rows, [&](int64_t row, int64_t count, int64_t to) {
      std::memcpy(w.values + to * hidden_, steps_.x(row),
                  static_cast<size_t>(count * hidden_) * sizeof(float));
    });
  });
}

void ForwardPass::deliver_token_logits(Rows rows) const {
  for_wanted(Kind::kLogits, 0, [&](const Wanted& w) {
    if (config_of(w).head != model::HeadKind::kToken) return;
    const Head& head = head_of(w);
    for_rows(w, layer_, rows, [&](int64_t row, int64_t count, int64_t to) {
      classify(head, lane_, steps_.x(row), count, hidden_, steps_.chunk(),
               w.values + to * head.labels());
    });
  });
}

/// Heads that follow each other and read the same rows share their pooling.
void ForwardPass::deliver_pooled() const {
  for_wanted(Kind::kEmbedding, kWholeModel, [&](const Wanted& w) { embedding(w, steps_.x(0)); });
  float* pooled = steps_.spare();
  const Wanted* last = nullptr;
  for_wanted(Kind::kLogits, 0, [&](const Wanted& w) {
    if (config_of(w).head != model::HeadKind::kSequence) return;
    const int64_t count = wanted_count(w);
    if (last == nullptr || !pools_alike(*last, w)) pool_wanted(w, steps_.x(0), pooled);
    last = &w;
    classify(head_of(w), lane_, pooled, count, hidden_, pooled + count * hidden_, w.values);
  });
}

bool ForwardPass::pools_alike(const Wanted& a, const Wanted& b) const {
  const auto owner = [](const Wanted& w) {
    return w.task != nullptr && w.task->adapted() ? w.task : nullptr;
  };
  return owner(a) == owner(b) && config_of(a).pooling == config_of(b).pooling &&
         std::equal(a.sequences.begin(), a.sequences.end(), b.sequences.begin(), b.sequences.end());
}

void ForwardPass::pool_wanted(const Wanted& w, const float* y, float* pooled) const {
  const backend::Offsets offsets(phase().offsets);
  for_strands(w, layer_, [&](size_t strand, size_t count, int64_t place) {
    pool(config_of(w).pooling, lane_, y, offsets.subspan(strand, count + 1), hidden_,
         pooled + place * hidden_);
  });
}

void ForwardPass::embedding(const Wanted& w, const float* y) const {
  const model::EncoderConfig& config = config_of(w);
  config.dense.empty() ? pool_wanted(w, y, w.values) : refine_wanted(w, y);
  if (config.normalized) lane_.normalize(w.values, wanted_count(w), config.embedding_size());
}

void ForwardPass::refine_wanted(const Wanted& w, const float* y) const {
  const int64_t width = graph_.config.embedding_size();
  const backend::Offsets offsets(phase().offsets);
  for_strands(w, layer_, [&](size_t strand, size_t count, int64_t place) {
    for (size_t first = 0; first < count; first += kPooledRows) {
      const size_t rows = std::min<size_t>(kPooledRows, count - first);
      pool(config_of(w).pooling, lane_, y, offsets.subspan(strand + first, rows + 1), hidden_,
           steps_.pooled());
      refine(graph_, lane_, static_cast<int64_t>(rows), steps_.pooled(), steps_.pooled_too(),
             w.values + (place + static_cast<int64_t>(first)) * width);
    }
  });
}

const model::EncoderConfig& ForwardPass::config_of(const Wanted& w) const {
  return w.task == nullptr ? graph_.config : w.task->config;
}

const Head& ForwardPass::head_of(const Wanted& w) const {
  return w.task == nullptr ? graph_.head : w.task->head;
}

int64_t ForwardPass::wanted_count(const Wanted& w) const {
  return w.sequences.empty() ? batch_.sequences() : static_cast<int64_t>(w.sequences.size());
}

bool ForwardPass::wants_exit(int64_t layer) const {
  return std::any_of(wanted_.begin(), wanted_.end(), [layer](const Wanted& w) {
    return w.kind == Kind::kEmbedding && w.layer == layer;
  });
}

template <class Body>
void ForwardPass::for_wanted(Kind kind, int64_t layer, const Body& body) const {
  for (const Wanted& w : wanted_) {
    if (w.kind == kind && (kind == Kind::kLogits || w.layer == layer)) body(w);
  }
}

template <class Body>
void ForwardPass::for_strands(const Wanted& w, size_t layers, const Body& body) const {
  const int64_t all = wanted_count(w);
  const auto strand_of = [&](int64_t place) {
    const int32_t sequence =
        w.sequences.empty() ? static_cast<int32_t>(place) : w.sequences[static_cast<size_t>(place)];
    return schedule_.find(phase(), w.task, sequence, layers);
  };
  for (int64_t place = 0; place < all;) {
    const size_t first = strand_of(place);
    size_t count = 1;
    while (place + static_cast<int64_t>(count) < all &&
           strand_of(place + static_cast<int64_t>(count)) == first + count) {
      ++count;
    }
    body(first, count, place);
    place += static_cast<int64_t>(count);
  }
}

template <class Body>
void ForwardPass::for_rows(const Wanted& w, size_t layers, Rows rows, const Body& body) const {
  const std::vector<int32_t>& offsets = phase().offsets;
  int64_t to = 0;
  for_strands(w, layers, [&](size_t strand, size_t count, int64_t) {
    const int64_t first = offsets[strand];
    const int64_t end = offsets[strand + count];
    const int64_t from = std::max(first, rows.first);
    const int64_t until = std::min(end, rows.first + rows.count);
    if (from < until) body(from, until - from, to + from - first);
    to += end - first;
  });
}

int64_t workspace_floats(const Graph& graph, int64_t tokens) {
  return layout(graph, tokens, 1, 0).end;
}

int64_t workspace_floats(const Graph& graph, const Schedule& schedule) {
  return layout(graph, schedule.rows_max(), schedule.segments_max(), schedule.rank_max()).end;
}

}  // namespace gatun::encoder
