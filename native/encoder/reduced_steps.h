// The layers of a pass in bf16 and int8: what LayerSteps does in fp32, with everything between two
// products fused into them. The residual stream stays fp32.
#pragma once

#include <cstdint>

#include "backend/backend.h"
#include "encoder/graph.h"
#include "encoder/schedule.h"

namespace gatun::encoder {

/// Regions of a pass' workspace, in floats from its start.
struct ReducedLayout {
  int64_t qkv;        ///< halves [rows, stride]; between two layers also fp32 [rows, H], afterwards
                      ///< [2, rows, H]
  int64_t context;    ///< halves [rows, stride], where the queries' place cannot take it
  int64_t plain;      ///< fp32 [chunk, queries, keys and values], with norms of heads
  int64_t operand;    ///< of any product, [chunk]
  int64_t gated;      ///< halves [chunk, stride]: what the MLP's last product reads
  int64_t positions;  ///< int32 [rows]
  int64_t end;
};
/// `rows`: most of any phase, `segments` likewise.
ReducedLayout reduced_layout(const Graph& graph, int64_t start, int64_t rows, int64_t chunk,
                             int64_t segments);

class ReducedSteps {
 public:
  /// All is borrowed; workspace + layout: see reduced_layout(). branch: [chunk, H], with norms
  /// behind the branches.
  ReducedSteps(const Graph& graph, backend::Lane& lane, const ReducedLayout& layout, float* branch,
               float* workspace);

  /// As the functions of LayerSteps that have these names; x: the residual stream.
  void project(const Phase& phase, size_t layer, backend::Rows rows, float* x,
               int64_t longest) const;
  int64_t attend(const Phase& phase, size_t layer, int64_t tile, backend::Deadline deadline) const;
  void add_attention(const Phase& phase, size_t layer, backend::Rows rows, float* x) const;
  void add_mlp(const Phase& phase, size_t layer, backend::Rows rows, float* x) const;

  /// Brings attention's output of the asked rows to the front.
  void narrow(const Phase& asked) const;

  /// Whether the segments of a phase of at most chunk_rows() rows are better computed apart, each
  /// by one thread: their weights differ, so that nothing is gained by computing them side by side,
  /// and what one product leaves to the next stays in the cache of one core.
  bool apart(const Phase& phase) const;
  /// All of a layer for a phase that is computed apart; what follows attention for the rows of
  /// `asked` alone, which are brought to the front of x. Null: for all rows.
  void compute_apart(const Phase& phase, const Phase* asked, size_t layer, float* x,
                     int64_t longest) const;

 private:
  /// The same for one segment, whose operands begin at `operand`, on a lane or a thread of it.
  ReducedSteps(const ReducedSteps& whole, backend::Lane& lane, const Segment& segment,
               std::byte* operand);
  void compute_segment(const Phase& phase, const Phase* asked, size_t index, size_t layer, float* x,
                       int64_t longest) const;
  /// Of a segment, brings the asked rows to its beginning, and returns where they are.
  backend::Rows narrow(const Segment& segment, const Phase& asked, size_t index, float* x) const;
  bool norms_before() const { return config_.norm_position != model::NormPosition::kAfterSum; }
  /// Multiplies one matrix of a layer's queries, keys and values with the operand of some rows.
  void multiply_heads(const Layer& layer, const backend::Linear& linear, backend::Rows rows,
                      const backend::Rotation& rotation) const;
  /// Whether attention may write where it read its queries: they have the same width.
  bool in_place() const { return heads_.score_dim == heads_.value_dim; }
  /// Calls body(weights, part) for neighbouring rows that one matrix multiplies.
  template <class Body>
  void for_weights(const Phase& phase, size_t layer, Slot slot, backend::Rows rows,
                   const Body& body) const;
  /// y += x·Wᵀ, or y += N'(x·Wᵀ) with the norm `out`, for halves x that start at rows.first.
  void add_product(const Phase& phase, size_t layer, Slot slot, const NormWeights& out,
                   backend::Rows rows, backend::Halves x, float* y) const;

  const Graph& graph_;
  const model::EncoderConfig& config_;
  backend::Lane& lane_;
  const int64_t hidden_;
  const int64_t half_;  ///< bytes
  backend::Heads heads_;
  backend::Halves context_;
  backend::Halves gated_;
  std::byte* operand_;
  int32_t* positions_;
  float* plain_;
  float* branch_;
};

}  // namespace gatun::encoder
