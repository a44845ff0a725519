#include "encoder/schedule.h"

#include <algorithm>
#include <limits>
#include <string>

#include "encoder/plan_cost.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

constexpr size_t kNone = Schedule::kNone;

void deepen(size_t& depth, size_t layers) {
  depth = depth == kNone ? layers : std::max(depth, layers);
}

/// Calls body(sequence) for each of a result's sequences, of a batch of `sequences`.
template <class Body>
void for_sequences(const Wanted& wanted, size_t sequences, const Body& body) {
  if (wanted.sequences.empty()) {
    for (size_t s = 0; s < sequences; ++s) body(s);
  } else {
    for (const int32_t s : wanted.sequences) body(static_cast<size_t>(s));
  }
}

/// What a result reads of a sequence whose layers are all computed.
Reads reads_of(const Graph& graph, const Wanted& wanted) {
  const model::EncoderConfig& config = wanted.task == nullptr ? graph.config : wanted.task->config;
  const bool pooled =
      (wanted.kind == Wanted::Kind::kEmbedding && wanted.layer == kWholeModel) ||
      (wanted.kind == Wanted::Kind::kLogits && config.head == model::HeadKind::kSequence);
  if (!pooled) return Reads::kAll;
  switch (config.pooling) {
    case model::Pooling::kCls: return Reads::kFirst;
    case model::Pooling::kLast: return Reads::kLast;
    case model::Pooling::kMean:
    case model::Pooling::kUnspecified: break;
  }
  return Reads::kAll;
}

Reads both(Reads a, Reads b) {
  if (a == Reads::kNothing || a == b) return b;
  return b == Reads::kNothing ? a : Reads::kAll;
}

}  // namespace

size_t layers_for(const Graph& graph, const Wanted& wanted) {
  switch (wanted.kind) {
    case Wanted::Kind::kHidden:
      if (wanted.layer != kFinalLayer) return static_cast<size_t>(wanted.layer);
      break;
    case Wanted::Kind::kEmbedding:
      if (wanted.layer != kWholeModel) return static_cast<size_t>(wanted.layer);
      break;
    case Wanted::Kind::kLogits: break;
  }
  return graph.layers.size();
}

void Schedule::plan(const Graph& graph, const Batch& batch, std::span<const Wanted> wanted) {
  collect(graph, batch, wanted);
  choose_forms(graph, batch);
  order_uses();
  build(batch);
}

Schedule::Use& Schedule::use_of(const Task* task, size_t sequences) {
  for (size_t i = 0; i < use_count_; ++i) {
    if (uses_[i].task == task) return uses_[i];
  }
  if (use_count_ == uses_.size()) uses_.emplace_back();
  Use& use = uses_[use_count_++];
  use.task = task;
  use.merged = task->form == TaskForm::kMerged;
  use.depth.assign(sequences, kNone);
  use.reads.assign(sequences, Reads::kNothing);
  return use;
}

void Schedule::collect(const Graph& graph, const Batch& batch, std::span<const Wanted> wanted) {
  const auto sequences = static_cast<size_t>(batch.sequences());
  use_count_ = 0;
  layers_ = 0;
  own_depth_.assign(sequences, kNone);
  for (const Wanted& w : wanted) {
    const size_t needed = layers_for(graph, w);
    layers_ = std::max(layers_, needed);
    std::vector<size_t>& depth = w.task == nullptr ? own_depth_ : use_of(w.task, sequences).depth;
    for_sequences(w, sequences, [&](size_t s) { deepen(depth[s], needed); });
  }
  trunk_depth_ = own_depth_;
  collect_reads(graph, sequences, wanted);
  rank_max_ = 0;
  for (const Use& use : uses()) {
    for (size_t s = 0; s < sequences; ++s) {
      if (use.wants(s) && !use.task->types) {
        deepen(trunk_depth_[s], std::min(use.depth[s], use.task->first_adapted));
      }
    }
  }
}

/// What ends before the last layer has no rows left that could be spared.
void Schedule::collect_reads(const Graph& graph, size_t sequences, std::span<const Wanted> wanted) {
  trunk_reads_.assign(sequences, Reads::kNothing);
  for (const Wanted& w : wanted) {
    if (layers_for(graph, w) < layers_) continue;
    const bool own = w.task != nullptr && w.task->owns_rows(layers_);
    std::vector<Reads>& reads = own ? use_of(w.task, sequences).reads : trunk_reads_;
    const Reads more = reads_of(graph, w);
    for_sequences(w, sequences, [&](size_t s) { reads[s] = both(reads[s], more); });
  }
}

/// Takes the form that makes the whole pass cheaper for one task after the other.
void Schedule::choose_forms(const Graph& graph, const Batch& batch) {
  for (size_t i = 0; i < use_count_; ++i) {
    Use& use = uses_[i];
    if (use.task->form != TaskForm::kBoth) continue;
    const double low_rank = cost_of(graph, batch, *this).planned;
    use.merged = true;
    use.merged = cost_of(graph, batch, *this).planned < low_rank;
  }
}

/// Tasks with copies last.
void Schedule::order_uses() {
  const auto end = uses_.begin() + static_cast<std::ptrdiff_t>(use_count_);
  std::stable_partition(uses_.begin(), end, [](const Use& use) { return !use.merged; });
  for (const Use& use : uses()) {
    if (!use.merged) rank_max_ = std::max(rank_max_, use.task->rank_max);
  }
}

void Schedule::build(const Batch& batch) {
  count_ = 0;
  embed_phase(batch);
  rows_max_ = phases_[0].rows();
  segments_max_ = static_cast<int64_t>(phases_[0].segments.size());
  for (size_t layer = 0; layer < layers_; ++layer) {
    if (!changes_at(layer)) continue;
    Phase& phase = next_phase(layer);
    const Phase& before = phases_[count_ - 2];
    add_segment(phase, batch, nullptr, false,
                [&](size_t s) { return trunk_depth_[s] != kNone && layer < trunk_depth_[s]; });
    for (const Use& use : uses()) {
      add_segment(phase, batch, use.task, use.merged,
                  [&](size_t s) { return use.computes(s, layer); });
    }
    trace_origins(before, phase);
    rows_max_ = std::max(rows_max_, phase.rows());
    segments_max_ = std::max(segments_max_, static_cast<int64_t>(phase.segments.size()));
  }
  narrow();
}

void Schedule::narrow() {
  const Phase& last = phases_[count_ - 1];
  narrows_ = false;
  if (layers_ == 0) return;
  asked_.first_layer = last.first_layer;
  asked_.strands = last.strands;
  asked_.segments = last.segments;
  asked_.offsets.assign(1, 0);
  asked_.origin.clear();
  for (Segment& segment : asked_.segments) {
    segment.rows.first = asked_.rows();
    for (size_t i = segment.first; i < segment.first + segment.count; ++i) {
      const Reads wanted = reads(last.strands[i]);
      const int32_t first = last.offsets[i], end = last.offsets[i + 1];
      const int32_t from = wanted == Reads::kLast ? end - 1 : first;
      const int32_t until = wanted == Reads::kFirst ? first + 1 : end;
      for (int32_t row = from; row < until; ++row) asked_.origin.push_back(row);
      asked_.offsets.push_back(static_cast<int32_t>(asked_.origin.size()));
    }
    segment.rows.count = asked_.rows() - segment.rows.first;
  }
  narrows_ = asked_.rows() < last.rows();
}

Reads Schedule::reads(const Strand& strand) const {
  const auto sequence = static_cast<size_t>(strand.sequence);
  if (strand.task == nullptr) return trunk_reads_[sequence];
  const auto use = std::find_if(uses().begin(), uses().end(),
                                [&](const Use& each) { return each.task == strand.task; });
  return use->reads[sequence];
}

/// Some rows end or begin with this layer.
bool Schedule::changes_at(size_t layer) const {
  for (size_t s = 0; s < trunk_depth_.size(); ++s) {
    if (trunk_depth_[s] == layer || (layer == 0 && trunk_depth_[s] == kNone)) return true;
    for (const Use& use : uses()) {
      if (use.depth[s] == layer) return true;
      if (use.task->first_adapted == layer && use.computes(s, layer)) return true;
    }
  }
  return false;
}

Phase& Schedule::next_phase(size_t first_layer) {
  if (count_ == phases_.size()) phases_.emplace_back();
  Phase& phase = phases_[count_++];
  phase.first_layer = first_layer;
  phase.strands.clear();
  phase.offsets.assign(1, 0);
  phase.segments.clear();
  phase.origin.clear();
  return phase;
}

void Schedule::embed_phase(const Batch& batch) {
  Phase& phase = next_phase(0);
  add_segment(phase, batch, nullptr, false, [&](size_t s) { return !own_types_alone(s); });
  for (const Use& use : uses()) {
    if (!use.task->types) continue;
    add_segment(phase, batch, use.task, use.merged, [&](size_t s) { return use.wants(s); });
  }
}

/// What nothing reads counts as the trunk's.
bool Schedule::own_types_alone(size_t sequence) const {
  if (trunk_depth_[sequence] != kNone) return false;
  return std::any_of(uses().begin(), uses().end(),
                     [&](const Use& use) { return use.wants(sequence); });
}

template <class Needs>
void Schedule::add_segment(Phase& phase, const Batch& batch, const Task* task, bool merged,
                           const Needs& needs) const {
  Segment segment{task, merged, phase.strands.size(), 0, {phase.rows(), 0}};
  for (size_t s = 0; s < trunk_depth_.size(); ++s) {
    if (!needs(s)) continue;
    const int64_t end = phase.rows() + batch.offsets[s + 1] - batch.offsets[s];
    if (end > std::numeric_limits<int32_t>::max()) {
      throw Failure(ErrorCode::kArgument,
                    "the batch has more than 2147483647 rows over all tasks: send less at once");
    }
    phase.strands.push_back({task, static_cast<int32_t>(s)});
    phase.offsets.push_back(static_cast<int32_t>(end));
    ++segment.count;
  }
  segment.rows.count = phase.rows() - segment.rows.first;
  if (segment.count > 0) phase.segments.push_back(segment);
}

void Schedule::trace_origins(const Phase& before, Phase& phase) const {
  for (size_t i = 0; i < phase.strands.size(); ++i) {
    const Strand& strand = phase.strands[i];
    const size_t from = find(before, strand.task, strand.sequence, phase.first_layer);
    const int32_t rows = phase.offsets[i + 1] - phase.offsets[i];
    for (int32_t r = 0; r < rows; ++r) phase.origin.push_back(before.offsets[from] + r);
  }
}

size_t Schedule::find(const Phase& phase, const Task* task, int32_t sequence, size_t layers) const {
  const Task* owner = task != nullptr && task->owns_rows(layers) ? task : nullptr;
  for (const Segment& segment : phase.segments) {
    if (segment.task != owner) continue;
    const auto first = phase.strands.begin() + static_cast<std::ptrdiff_t>(segment.first);
    const auto end = first + static_cast<std::ptrdiff_t>(segment.count);
    const auto found = std::lower_bound(
        first, end, sequence,
        [](const Strand& strand, int32_t wanted) { return strand.sequence < wanted; });
    if (found != end && found->sequence == sequence) {
      return static_cast<size_t>(found - phase.strands.begin());
    }
  }
  throw Failure(ErrorCode::kInternal, "a forward pass lost a sequence");
}

}  // namespace gatun::encoder
