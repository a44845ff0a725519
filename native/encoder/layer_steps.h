// The arithmetic of one forward pass, in steps of a few milliseconds at most.
#pragma once

#include <cstdint>

#include "backend/backend.h"
#include "encoder/encoder.h"
#include "encoder/graph.h"

namespace gatun::encoder {

/// Regions of a pass' workspace, in floats. H: hidden size, I: inner width of the MLP.
struct Layout {
  int64_t x;        ///< [tokens, H]: the residual stream
  int64_t qkv;      ///< [tokens, 3H]; after the last layer: pooled rows and their dense layer
  int64_t context;  ///< [tokens, H]: attention's output
  int64_t normed;   ///< [chunk, H]
  int64_t up;       ///< [chunk, I or 2I]
  int64_t gated;    ///< [chunk, I], with a gated MLP
  int64_t end;
};
Layout layout(const Graph& graph, int64_t tokens);

/// Tokens whose linear layers and MLP are computed at a time: their wide intermediates stay small
/// beside the residual stream however long the batch is, and a pass can stop between two chunks.
int64_t chunk_rows(const Graph& graph);

/// What a layer does to some rows of a batch. A step is taken for every row, in chunks of at most
/// chunk_rows(), before the next one begins; results do not depend on where it is cut.
class LayerSteps {
 public:
  /// `workspace` has layout(graph, batch.tokens()).end floats, 64-byte aligned. All is borrowed.
  LayerSteps(const Graph& graph, backend::Lane& lane, const Batch& batch, float* workspace);

  /// x = LN(token[id] + position[p] + type[t])
  void embed(backend::Rows rows) const;
  /// q, k, v = rot(Wqkv·a) where a is what the branch reads; before any tile of attend().
  void project(const Layer& layer, backend::Rows rows) const;
  /// context = softmax(scale·q·kᵀ)·v, from a tile on; see backend::Lane::attend.
  int64_t attend(const Layer& layer, int64_t tile, backend::Deadline deadline) const;
  /// x ← x + Wo·context, normalised where the family does; after the last tile of attend().
  void add_attention(const Layer& layer, backend::Rows rows) const;
  /// x ← x + Wdown·(act(u₁) ⊙ u₂) or x + Wdown·act(u), u = Wup·x, normalised where the family does.
  void add_mlp(const Layer& layer, backend::Rows rows) const;
  /// y = the final norm of x, which may be y; without one y = x. y: [rows.count, H].
  void final_norm(backend::Rows rows, float* y) const;

  float* x(int64_t row) const { return x_ + row * hidden_; }
  float* context(int64_t row) const { return context_ + row * hidden_; }
  /// [chunk, H], free between two steps.
  float* chunk() const { return normed_; }
  /// [2, tokens, H] at least, free after the last layer.
  float* spare() const { return qkv_; }

 private:
  /// What a branch reads: LN(x) when norms come first and this branch has one, else x itself.
  const float* before_branch(const NormWeights& norm, backend::Rows rows) const;
  void after_sum(const NormWeights& norm, backend::Rows rows) const;

  const Graph& graph_;
  const model::EncoderConfig& config_;
  backend::Lane& lane_;
  const Batch batch_;
  const int64_t hidden_;
  const int64_t longest_;
  float* x_;
  float* qkv_;
  float* context_;
  float* normed_;
  float* up_;
  float* gated_;
};

}  // namespace gatun::encoder
