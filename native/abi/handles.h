// What the opaque types of gatun.h are, and the checks that all its functions share.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "backend/backend.h"
#include "encoder/build_graph.h"
#include "encoder/forward_pass.h"
#include "encoder/graph.h"
#include "gatun.h"
#include "runtime/failure.h"

struct gatun_model {
  gatun::encoder::Graph graph;
  gatun::encoder::Origin origin;
};

namespace gatun {

inline constexpr int32_t kThreadsMax = 256;

inline int32_t code_of(int32_t code) { return code; }

inline void require(bool condition, const char* contract) {
  if (!condition) throw Failure(ErrorCode::kArgument, contract);
}

/// A pass between gatun_lane_begin and its end: what it needs of the caller's batch is copied.
struct PausedPass {
  PausedPass(const encoder::Graph& graph, backend::Lane& lane, const encoder::Batch& batch,
             std::vector<encoder::Wanted> outputs)
      : ids(batch.ids.begin(), batch.ids.end()),
        types(batch.types.begin(), batch.types.end()),
        offsets(batch.offsets.begin(), batch.offsets.end()),
        wanted(std::move(outputs)),
        pass(graph, lane, {ids, types, offsets}, wanted,
             lane.reserve(backend::Workspace::kPaused,
                          encoder::workspace_floats(graph, batch.tokens()))) {}
  PausedPass(const PausedPass&) = delete;
  PausedPass& operator=(const PausedPass&) = delete;

  const std::vector<int32_t> ids;
  const std::vector<int32_t> types;
  const std::vector<int32_t> offsets;
  const std::vector<encoder::Wanted> wanted;
  encoder::ForwardPass pass;
};

}  // namespace gatun

struct gatun_lane {
  explicit gatun_lane(std::unique_ptr<gatun::backend::Lane> l) : lane(std::move(l)) {}

  /// Ends the paused pass and frees its workspace.
  void drop_paused() {
    paused.reset();
    lane->release(gatun::backend::Workspace::kPaused);
  }

  std::unique_ptr<gatun::backend::Lane> lane;
  std::vector<gatun::encoder::Wanted> wanted;
  std::unique_ptr<gatun::PausedPass> paused;
  std::atomic<bool> busy{false};
  std::atomic<int64_t> workspace_bytes{0};
};
