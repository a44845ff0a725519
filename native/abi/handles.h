// What the opaque types of gatun.h are, and the checks that all its functions share.
#pragma once

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <vector>

#include "backend/backend.h"
#include "encoder/build_graph.h"
#include "encoder/forward_pass.h"
#include "encoder/graph.h"
#include "encoder/schedule.h"
#include "encoder/task.h"
#include "gatun.h"
#include "model/folder.h"
#include "runtime/failure.h"

struct gatun_model {
  explicit gatun_model(const gatun::model::Folder& f) : folder(f) {}

  gatun::encoder::Graph graph;
  gatun::encoder::Origin origin;
  const gatun::model::Folder folder;
};

struct gatun_task {
  const gatun_model* model;
  gatun::encoder::Task task;
};

namespace gatun {

inline constexpr int32_t kThreadsMax = 256;

inline int32_t code_of(int32_t code) { return code; }

inline int32_t head_number(model::HeadKind head) {
  switch (head) {
    case model::HeadKind::kNone: return GATUN_HEAD_NONE;
    case model::HeadKind::kSequence: return GATUN_HEAD_SEQUENCE;
    case model::HeadKind::kToken: return GATUN_HEAD_TOKEN;
  }
  return GATUN_HEAD_NONE;
}

inline int32_t pooling_number(model::Pooling pooling) {
  switch (pooling) {
    case model::Pooling::kUnspecified: return GATUN_POOLING_NONE;
    case model::Pooling::kCls: return GATUN_POOLING_CLS;
    case model::Pooling::kMean: return GATUN_POOLING_MEAN;
    case model::Pooling::kLast: return GATUN_POOLING_LAST;
  }
  return GATUN_POOLING_NONE;
}

inline void require(bool condition, const char* contract) {
  if (!condition) throw Failure(ErrorCode::kArgument, contract);
}

/// A pass between gatun_lane_begin and its end: what it needs of the caller's batch is copied.
class PausedPass {
 public:
  PausedPass(const encoder::Graph& graph, gatun_lane& lane, const encoder::Batch& batch,
             std::vector<encoder::Wanted> outputs);
  PausedPass(const PausedPass&) = delete;
  PausedPass& operator=(const PausedPass&) = delete;

  int64_t floats() const { return floats_; }

  /// As ForwardPass::advance.
  bool advance(backend::Deadline deadline) { return pass_.advance(deadline); }

 private:
  encoder::Batch batch() const { return {ids_, types_, offsets_}; }
  encoder::Schedule planned(const encoder::Graph& graph) {
    for (encoder::Wanted& wanted : wanted_) {
      if (wanted.sequences.empty()) continue;
      wanted.sequences = sequences_.emplace_back(wanted.sequences.begin(), wanted.sequences.end());
    }
    encoder::Schedule schedule;
    schedule.plan(graph, batch(), wanted_);
    return schedule;
  }

  const std::vector<int32_t> ids_;
  const std::vector<int32_t> types_;
  const std::vector<int32_t> offsets_;
  std::deque<std::vector<int32_t>> sequences_;
  std::vector<encoder::Wanted> wanted_;
  const encoder::Schedule schedule_;
  const int64_t floats_;
  encoder::ForwardPass pass_;
};

}  // namespace gatun

struct gatun_lane {
  explicit gatun_lane(std::unique_ptr<gatun::backend::Lane> l) : lane(std::move(l)) {}

  /// Memory of a pass: as much as was reserved, or more.
  float* workspace(gatun::backend::Workspace which, int64_t floats) {
    return lane->reserve(which, std::max(floats, reserved_floats));
  }

  /// After a pass: memory beyond what was reserved is given back.
  void keep_reserved(gatun::backend::Workspace which, int64_t floats) {
    if (floats > reserved_floats) lane->release(which);
  }

  void drop_paused() {
    if (paused == nullptr) return;
    keep_reserved(gatun::backend::Workspace::kPaused, paused->floats());
    paused.reset();
  }

  std::unique_ptr<gatun::backend::Lane> lane;
  std::vector<gatun::encoder::Wanted> wanted;
  gatun::encoder::Schedule schedule;
  std::unique_ptr<gatun::PausedPass> paused;
  int64_t reserved_floats = 0;
  std::atomic<bool> busy{false};
  std::atomic<int64_t> workspace_bytes{0};
};

inline gatun::PausedPass::PausedPass(const encoder::Graph& graph, gatun_lane& lane,
                                     const encoder::Batch& batch,
                                     std::vector<encoder::Wanted> outputs)
    : ids_(batch.ids.begin(), batch.ids.end()),
      types_(batch.types.begin(), batch.types.end()),
      offsets_(batch.offsets.begin(), batch.offsets.end()),
      wanted_(std::move(outputs)),
      schedule_(planned(graph)),
      floats_(encoder::workspace_floats(graph, schedule_)),
      pass_(graph, *lane.lane, this->batch(), wanted_, schedule_,
            lane.workspace(backend::Workspace::kPaused, floats_)) {}
