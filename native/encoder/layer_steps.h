// The arithmetic of one forward pass, in steps of a few milliseconds at most.
#pragma once

#include <cstdint>
#include <optional>

#include "backend/backend.h"
#include "encoder/encoder.h"
#include "encoder/graph.h"
#include "encoder/reduced_steps.h"
#include "encoder/schedule.h"

namespace gatun::encoder {

/// Regions of a pass' workspace in fp32, in floats. H: hidden size, I: inner width of the MLP, E:
/// largest width of anything pooled.
struct Layout {
  int64_t x;    ///< [rows, H]: the residual stream
  int64_t qkv;  ///< [rows, queries, keys and values], [rows, 2H] at least; after the last layer:
                ///< pooled rows and their dense layer
  int64_t context;        ///< [rows, queries], [rows, H] at least: attention's output
  int64_t normed;         ///< [chunk, H]
  int64_t branch;         ///< [chunk, H], with norms behind the branches: what they read
  int64_t pooled;         ///< [2, pooled rows, E], with dense layers behind the pooling
  int64_t up;             ///< [chunk, I or 2I]
  int64_t gated;          ///< [chunk, I], with a gated MLP
  int64_t factors;        ///< [chunk, rank]: A·x of a task
  ReducedLayout reduced;  ///< in bf16 and int8, instead of qkv, context, up, gated and factors
  int64_t end;
};
/// `rows`: most of any phase, `segments` likewise; `rank`: largest of any task, 0 without tasks.
Layout layout(const Graph& graph, int64_t rows, int64_t segments, int64_t rank);

/// Tokens whose linear layers and MLP are computed at a time: their wide intermediates stay small
/// beside the residual stream however long the batch is, and a pass can stop between two chunks.
int64_t chunk_rows(const Graph& graph);

/// Sequences that go through the dense layers behind the pooling at a time.
inline constexpr int64_t kPooledRows = 64;

/// What a layer does to some rows of a batch. A step is taken for every row, in chunks of at most
/// chunk_rows(), before the next one begins; results do not depend on where it is cut.
class LayerSteps {
 public:
  /// `workspace` has the layout's floats, 64-byte aligned. All is borrowed. Rows are those of the
  /// schedule's first phase until follow() is called.
  LayerSteps(const Graph& graph, backend::Lane& lane, const Batch& batch, const Schedule& schedule,
             float* workspace);

  /// Brings some rows of the residual stream into the order of `next`; after the last of them
  /// follow() goes on with that phase.
  void reorder(const Phase& next, backend::Rows rows) const;
  void follow(const Phase& next);

  /// x = N(scale·token[id] + position[p] + type[t]), in the schedule's first phase
  void embed(backend::Rows rows) const;
  /// q, k, v = rot(N(Wqkv·a)) where a is what the branch reads; before any tile of attend().
  void project(size_t layer, backend::Rows rows) const;
  /// context = softmax(scale·q·kᵀ)·v, from a tile on; see backend::Lane::attend.
  int64_t attend(size_t layer, int64_t tile, backend::Deadline deadline) const;
  /// x ← x + Wo·context, normalised where the family does; after the last tile of attend().
  void add_attention(size_t layer, backend::Rows rows) const;
  /// x ← x + Wdown·(act(u₁) ⊙ u₂) or x + Wdown·act(u), u = Wup·x, normalised where the family does.
  void add_mlp(size_t layer, backend::Rows rows) const;
  /// Goes on with the rows of the schedule's asked() alone, after the last tile of attend().
  void narrow(const Phase& asked);
  /// Whether a whole layer of the phase is computed at once, by compute_apart() instead of the four
  /// steps above; see ReducedSteps. With `asked` it goes on with its rows alone after attend().
  bool apart() const;
  void compute_apart(size_t layer, const Phase* asked);
  /// y = the final norm of x, which may be y; without one y = x. y: [rows.count, H].
  void final_norm(backend::Rows rows, float* y) const;
  /// y = x. y: [rows.count, H], apart from x.
  void copy(backend::Rows rows, float* y) const;

  float* x(int64_t row) const { return x_ + row * hidden_; }
  float* context(int64_t row) const { return context_ + row * hidden_; }
  /// [chunk, H], free between two steps.
  float* chunk() const { return normed_; }
  /// [2, rows, H] at least, free after the last layer.
  float* spare() const { return qkv_; }
  /// [kPooledRows, widest] each, free between two steps, with dense layers behind the pooling.
  float* pooled() const { return pooled_; }
  float* pooled_too() const { return pooled_ + kPooledRows * pooled_width_; }

 private:
  /// What a branch reads: LN(x) when norms come first and this branch has one, else x itself.
  const float* before_branch(const NormWeights& norm, backend::Rows rows) const;
  /// `rows` of one table of token types, read from consecutive tokens of the batch.
  void embed(backend::Rows rows, size_t token, const TableWeights& types) const;
  void after_sum(const NormWeights& norm, backend::Rows rows) const;
  /// x ← x + W·from, or x + N'(W·from) with the norm `out`.
  void add_branch(size_t layer, Slot slot, const NormWeights& out, backend::Rows rows,
                  const float* from) const;
  /// y = or += Wx of one linear layer, each row with the weights of its task. x and y hold `rows`
  /// alone.
  void linear(size_t layer, Slot slot, backend::Rows rows, const float* x,
              backend::Epilogue epilogue, float* y) const;

  const Graph& graph_;
  const model::EncoderConfig& config_;
  backend::Lane& lane_;
  const Batch batch_;
  const int64_t hidden_;
  const int64_t longest_;
  const Phase* phase_;
  float* x_;
  float* qkv_;
  float* context_;
  float* normed_;
  float* branch_;
  float* pooled_;
  int64_t pooled_width_;
  float* up_;
  float* gated_;
  float* factors_;
  std::optional<ReducedSteps> reduced_;  ///< in bf16 and int8
};

}  // namespace gatun::encoder
