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

struct Task;

/// One wanted result and where it goes, row-major.
struct Wanted {
  enum class Kind { kHidden, kEmbedding, kLogits };
  Kind kind;
  /// Of kHidden: kFinalLayer, 0 (embedding output) or i (raw output of block i−1). Of kEmbedding:
  /// kWholeModel, or i to stop after block i−1.
  int64_t layer;
  float* values;
  const Task* task = nullptr;            ///< null: the model itself
  std::span<const int32_t> sequences{};  ///< of the batch, rising; empty: all
};

/// Floats of workspace for a batch of this many tokens, in however many sequences, without tasks.
int64_t workspace_floats(const Graph& graph, int64_t tokens);

/// [sequences, H] from y [tokens, H].
void pool(model::Pooling pooling, backend::Lane& lane, const float* y, backend::Offsets offsets,
          int64_t hidden, float* pooled);

/// [count, E] from pooled rows `from` [count, H], by way of `from` and `other`, which have room for
/// `count` rows of any width in between.
void refine(const Graph& graph, backend::Lane& lane, int64_t count, float* from, float* other,
            float* embeddings);

/// Computes logits [rows, labels] of rows [rows, hidden]. `dense` has room for rows × hidden
/// floats.
void classify(const Head& head, backend::Lane& lane, const float* rows, int64_t count,
              int64_t hidden, float* dense, float* logits);

}  // namespace gatun::encoder
