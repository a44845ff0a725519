// One forward pass, in the order of the paper, that can stop between two steps and go on later.
#pragma once

#include <cstdint>
#include <span>

#include "encoder/encoder.h"
#include "encoder/layer_steps.h"

namespace gatun::encoder {

/// Layers that no result needs are not computed. Several passes may be under way on one lane as
/// long as each has its own workspace; what is computed does not depend on where a pass stopped.
class ForwardPass {
 public:
  /// Of a valid batch (see check_batch). `workspace`: workspace_floats() floats. Everything is
  /// borrowed until the pass has ended or is destroyed, the arrays of `batch` and `wanted` too.
  ForwardPass(const Graph& graph, backend::Lane& lane, const Batch& batch,
              std::span<const Wanted> wanted, float* workspace);

  /// Takes at least one step, and further ones until the deadline has passed; a step is some
  /// milliseconds of work. Returns true when every wanted result is filled.
  bool advance(backend::Deadline deadline);

 private:
  /// Each is taken in chunks of rows, kAttend in runs of tiles. kProject, kAttend and kTransform
  /// make one layer; kExit follows a layer after which an embedding is wanted.
  enum class Stage { kEmbed, kProject, kAttend, kTransform, kExit, kFinal, kEnd };

  void step(backend::Deadline deadline);
  void embed(backend::Rows rows) const;
  void transform();
  void leave_early(backend::Rows rows) const;
  void finish(backend::Rows rows) const;

  /// What follows once `layers` layers are computed.
  Stage after_layers(size_t layers) const;
  /// The next chunk of rows; with the last one the stage becomes `then`.
  backend::Rows take_rows(Stage then);
  bool is_last(backend::Rows rows) const { return rows.first + rows.count == tokens_; }

  template <class Body>
  void for_wanted(Wanted::Kind kind, int64_t layer, const Body& body) const;
  bool wants_exit(int64_t layer) const;
  void deliver_hidden(int64_t layer, backend::Rows rows) const;
  void deliver_pooled() const;
  void embedding(const float* y, float* values) const;

  const Graph& graph_;
  backend::Lane& lane_;
  const Batch batch_;
  const std::span<const Wanted> wanted_;
  const LayerSteps steps_;
  const int64_t tokens_;
  const int64_t hidden_;
  const int64_t chunk_;
  const bool needs_final_;
  const size_t layers_needed_;

  Stage stage_ = Stage::kEmbed;
  size_t layer_ = 0;  // layers computed so far
  int64_t row_ = 0;   // of the next chunk of this stage
  int64_t tile_ = 0;  // of the next part of the attention
};

}  // namespace gatun::encoder
