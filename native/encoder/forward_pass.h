// One forward pass, in the order of the paper, that can stop between two steps and go on later.
#pragma once

#include <cstdint>
#include <span>

#include "encoder/encoder.h"
#include "encoder/layer_steps.h"
#include "encoder/schedule.h"

namespace gatun::encoder {

/// Floats of workspace for a planned pass.
int64_t workspace_floats(const Graph& graph, const Schedule& schedule);

/// Layers that no result needs are not computed, and rows that several tasks need once. Several
/// passes may be under way on one lane as long as each has its own workspace; what is computed does
/// not depend on where a pass stopped.
class ForwardPass {
 public:
  /// Of a valid batch (see check_batch). `schedule` is the plan of `batch` and `wanted`;
  /// `workspace`: workspace_floats() floats. Everything is borrowed until the pass has ended or is
  /// destroyed, the arrays of `batch` and `wanted` too.
  ForwardPass(const Graph& graph, backend::Lane& lane, const Batch& batch,
              std::span<const Wanted> wanted, const Schedule& schedule, float* workspace);

  /// Takes at least one step, and further ones until the deadline has passed; a step is some
  /// milliseconds of work. Returns true when every wanted result is filled.
  bool advance(backend::Deadline deadline);

 private:
  /// Each is taken in chunks of rows, kAttend in runs of tiles. kFork begins a phase of the
  /// schedule; kProject, kAttend and kTransform make one layer, or kProject alone where segments
  /// are computed apart; kExit follows a layer after which an embedding is wanted.
  enum class Stage { kEmbed, kFork, kProject, kAttend, kTransform, kExit, kFinal, kEnd };

  void step(backend::Deadline deadline);
  void embed(backend::Rows rows) const;
  void fork(backend::Rows rows);
  void narrow();
  void transform();
  void compute_apart();
  void leave_early(backend::Rows rows) const;
  void finish(backend::Rows rows);

  /// What follows once `layers` layers are computed.
  Stage after_layers(size_t layers) const;
  /// What follows the layer with that number, counted from 1, before the next one.
  Stage after_layer(size_t number) const;
  /// The next chunk of `total` rows; with the last one the stage becomes `then`.
  backend::Rows take_rows(int64_t total, Stage then);
  backend::Rows take_rows(Stage then) { return take_rows(phase().rows(), then); }
  bool is_last(backend::Rows rows) const { return rows.first + rows.count == phase().rows(); }
  const Phase& phase() const { return narrowed_ ? *schedule_.asked() : schedule_.phases()[phase_]; }
  /// The rows to go on with after the attention of the layer under way; null: all.
  const Phase* asked() const;
  const Phase* next_phase() const;

  template <class Body>
  void for_wanted(Wanted::Kind kind, int64_t layer, const Body& body) const;
  /// Calls body(strand, count, place of the first among the wanted sequences) for strands that
  /// follow each other once `layers` layers are computed.
  template <class Body>
  void for_strands(const Wanted& wanted, size_t layers, const Body& body) const;
  /// Calls body(row, count, row of the result) for those of a result's rows that are in `rows`.
  template <class Body>
  void for_rows(const Wanted& wanted, size_t layers, backend::Rows rows, const Body& body) const;
  bool wants_exit(int64_t layer) const;
  int64_t wanted_count(const Wanted& wanted) const;

  /// `layer` as in Wanted, after `layers` layers.
  void deliver_hidden(int64_t layer, size_t layers, backend::Rows rows) const;
  void deliver_token_logits(backend::Rows rows) const;
  void deliver_pooled() const;
  /// Whether two results pool the same rows in the same way.
  bool pools_alike(const Wanted& a, const Wanted& b) const;
  void pool_wanted(const Wanted& wanted, const float* y, float* pooled) const;
  /// Pools, then goes through the dense layers behind the pooling.
  void refine_wanted(const Wanted& wanted, const float* y) const;
  void embedding(const Wanted& wanted, const float* y) const;
  const model::EncoderConfig& config_of(const Wanted& wanted) const;
  const Head& head_of(const Wanted& wanted) const;

  const Graph& graph_;
  backend::Lane& lane_;
  const Batch batch_;
  const std::span<const Wanted> wanted_;
  const Schedule& schedule_;
  LayerSteps steps_;
  const int64_t hidden_;
  const int64_t chunk_;
  const bool needs_final_;

  Stage stage_ = Stage::kEmbed;
  size_t phase_ = 0;       // of the schedule
  bool narrowed_ = false;  // to the rows that the schedule's asked() has
  size_t layer_ = 0;       // layers computed so far
  int64_t row_ = 0;        // of the next chunk of this stage
  int64_t tile_ = 0;       // of the next part of the attention
};

}  // namespace gatun::encoder
