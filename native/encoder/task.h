// One of several tasks on a trunk: a head, and an adapter that changes some of the trunk's layers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "encoder/graph.h"
#include "model/config.h"
#include "model/folder.h"
#include "weights/memory.h"

namespace gatun::encoder {

/// How the layers of a task are held. kLowRank: y = W₀x + B(Ax), where W₀ is the trunk's. kMerged:
/// a copy of each adapted layer, (W₀ + BA)x. kBoth: as the planner finds cheaper for a pass.
enum class TaskForm { kLowRank, kMerged, kBoth };

/// One adapted linear layer; all are empty where the task uses the trunk's as it is.
struct TaskLinear {
  LinearWeights down;  ///< A, [rank, inputs]
  LinearWeights up;    ///< scale·B, [outputs, rank]; its bias is what the task adds to the trunk's
  LinearWeights merged;  ///< W₀ + scale·BA

  bool adapted() const { return down != nullptr || merged != nullptr; }
};

using TaskLayer = std::array<TaskLinear, kSlots>;

/// Immutable. Refers to nothing of the graph it was opened over.
struct Task {
  std::string name;             ///< of its folder
  model::EncoderConfig config;  ///< the trunk's, with the head, pooling and labels of the task
  TaskForm form = TaskForm::kLowRank;
  Head head;
  TableWeights types;             ///< its own token types; empty: the trunk's
  std::vector<TaskLayer> layers;  ///< as many as the trunk has
  size_t first_adapted = 0;       ///< layers below are the trunk's; all of them: a head alone
  int64_t rank_max = 0;           ///< of any linear layer, several parts counted together
  int64_t parameters = 0;         ///< of head and adapter, elements as stored
  std::array<weights::Memory, 2> memory;

  bool adapted() const { return first_adapted < layers.size(); }
  /// Whether the task has rows of its own once `count` layers are computed.
  bool owns_rows(size_t count) const { return types || first_adapted < count; }
  const TaskLinear& linear(size_t layer, Slot slot) const {
    return layers[layer][static_cast<size_t>(slot)];
  }
};

/// Opens the adapter or head in `folder` over a trunk that was built from `trunk`. Everything is
/// checked before any of it is used. Throws Failure.
Task open_task(const Graph& graph, const model::Folder& trunk, const model::Folder& folder,
               TaskForm form, const backend::Backend& backend);

}  // namespace gatun::encoder
