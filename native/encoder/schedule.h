// Which rows a forward pass over several tasks computes, layer by layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "backend/backend.h"
#include "encoder/encoder.h"
#include "encoder/graph.h"
#include "encoder/task.h"

namespace gatun::encoder {

/// A sequence under a task; null: as the trunk itself computes it.
struct Strand {
  const Task* task;
  int32_t sequence;
};

/// Which rows of a strand a result reads once the last layer is computed.
enum class Reads { kNothing, kFirst, kLast, kAll };

/// Consecutive strands of one task.
struct Segment {
  const Task* task;  ///< null: the trunk's
  bool merged;       ///< with the task's own copies of the adapted layers
  size_t first;      ///< strand
  size_t count;
  backend::Rows rows;
};

/// The stream of rows between two layers at which it changes: trunk first, then task by task, those
/// with copies last, so that all rows that read the trunk's weights lie together.
struct Phase {
  size_t first_layer = 0;
  std::vector<Strand> strands;
  std::vector<int32_t> offsets;  ///< of the strands' rows, one more than there are strands
  std::vector<Segment> segments;
  std::vector<int32_t> origin;  ///< of each row, in the phase before; empty: as it was

  int64_t rows() const { return offsets.back(); }
};

/// The cheapest exact order of work for a set of wanted results: every row is computed once for all
/// tasks up to the lowest layer that one of them adapts, and from there on once for each task that
/// needs it. Memory is kept from one plan to the next.
class Schedule {
 public:
  static constexpr size_t kNone = SIZE_MAX;
  /// The tasks of the plan, each once, and whether they run on copies of their adapted layers.
  struct Use {
    const Task* task;
    bool merged;
    std::vector<size_t> depth;  ///< layers needed, by sequence; kNone: the sequence is not wanted
    std::vector<Reads> reads;   ///< of the task's own rows, by sequence

    bool wants(size_t sequence) const { return depth[sequence] != kNone; }
    /// Whether layer `layer` of the sequence is computed for this task alone.
    bool computes(size_t sequence, size_t layer) const {
      return wants(sequence) && task->first_adapted <= layer && layer < depth[sequence];
    }
  };

  /// Of a valid batch and valid outputs. Keeps nothing of `batch`; tasks and the sequences that
  /// `wanted` names have to live as long as the plan is used.
  void plan(const Graph& graph, const Batch& batch, std::span<const Wanted> wanted);

  /// The first one is the embedding's: the sequences of the batch, in its order, and once more
  /// those that a task reads with token types of its own.
  std::span<const Phase> phases() const { return {phases_.data(), count_}; }
  /// The last phase with those rows alone that some result reads, in place of the phase once the
  /// attention of the last layer is computed: behind it rows do not meet, and a pooling that takes
  /// one row of a sequence needs no other. Its origins are rows of the last phase and rise. Null:
  /// every row is read.
  const Phase* asked() const { return narrows_ ? &asked_ : nullptr; }
  std::span<const Use> uses() const { return {uses_.data(), use_count_}; }
  /// Layers of a sequence that the trunk computes, or kNone: only tasks with token types of their
  /// own read it, or nothing does.
  size_t trunk_depth(size_t sequence) const { return trunk_depth_[sequence]; }
  /// Layers of a sequence that results of the trunk itself need, or kNone.
  size_t own_depth(size_t sequence) const { return own_depth_[sequence]; }
  /// Which rows of the trunk's own strands results read.
  Reads trunk_reads(size_t sequence) const { return trunk_reads_[sequence]; }
  /// Layers that some result needs.
  size_t layers() const { return layers_; }
  /// Largest stream of any phase.
  int64_t rows_max() const { return rows_max_; }
  /// Most segments of any phase.
  int64_t segments_max() const { return segments_max_; }
  /// Largest rank of any linear layer of a task that is not merged; 0 without one.
  int64_t rank_max() const { return rank_max_; }
  /// Position of a strand that holds `task`'s sequence after `layers` layers.
  size_t find(const Phase& phase, const Task* task, int32_t sequence, size_t layers) const;

 private:
  Use& use_of(const Task* task, size_t sequences);
  void collect(const Graph& graph, const Batch& batch, std::span<const Wanted> wanted);
  void collect_reads(const Graph& graph, size_t sequences, std::span<const Wanted> wanted);
  void choose_forms(const Graph& graph, const Batch& batch);
  void order_uses();
  void build(const Batch& batch);
  void narrow();
  Reads reads(const Strand& strand) const;
  bool changes_at(size_t layer) const;
  Phase& next_phase(size_t first_layer);
  void embed_phase(const Batch& batch);
  bool own_types_alone(size_t sequence) const;
  template <class Needs>
  void add_segment(Phase& phase, const Batch& batch, const Task* task, bool merged,
                   const Needs& needs) const;
  void trace_origins(const Phase& before, Phase& phase) const;

  std::vector<Phase> phases_;
  size_t count_ = 0;
  std::vector<Use> uses_;          // tasks, those that are merged last
  std::vector<size_t> own_depth_;  // layers that results of the trunk itself need, by sequence
  std::vector<size_t> trunk_depth_;
  std::vector<Reads> trunk_reads_;
  Phase asked_;
  bool narrows_ = false;
  size_t use_count_ = 0;
  size_t layers_ = 0;
  int64_t rows_max_ = 0;
  int64_t segments_max_ = 0;
  int64_t rank_max_ = 0;
};

/// Layers that a result needs.
size_t layers_for(const Graph& graph, const Wanted& wanted);

}  // namespace gatun::encoder
