// The forward pass.
#pragma once

#include <cstdint>
#include <span>

#include "backend/backend.h"
#include "encoder/graph.h"

namespace gatun::encoder {

/// A packed batch: sequence i is ids[offsets[i]] … ids[offsets[i+1]−1]. `types` is empty for all
/// zero.
struct Batch {
  std::span<const int32_t> ids;
  std::span<const int32_t> types;
  backend::Offsets offsets;

  int64_t tokens() const { return static_cast<int64_t>(ids.size()); }
  int64_t sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

/// The norm after the last layer included; otherwise a layer is 0 … layers.
inline constexpr int64_t kFinalLayer = -1;

/// An embedding that does not stop early.
inline constexpr int64_t kWholeModel = 0;

/// One wanted result and where it goes, row-major.
struct Wanted {
  enum class Kind { kHidden, kEmbedding, kLogits };
  Kind kind;
  /// Of kHidden: kFinalLayer, 0 (embedding output) or i (raw output of block i−1). Of kEmbedding:
  /// kWholeModel, or i to stop after block i−1.
  int64_t layer;
  float* values;
};

/// Floats of workspace for a batch of this many tokens, in however many sequences.
int64_t workspace_floats(const Graph& graph, int64_t tokens);

/// [sequences, H] from y [tokens, H]: the configured pooling.
void pool(const Graph& graph, backend::Lane& lane, const float* y, backend::Offsets offsets,
          float* pooled);

/// Computes logits [rows, labels] of rows [rows, H]. `dense` has room for rows × H floats.
void classify(const Graph& graph, backend::Lane& lane, const float* rows, int64_t count,
              float* dense, float* logits);

/// Encodes a valid batch (see check_batch) and fills every wanted result. Layers that no result
/// needs are not computed.
void encode(const Graph& graph, backend::Lane& lane, const Batch& batch,
            std::span<const Wanted> wanted);

}  // namespace gatun::encoder
