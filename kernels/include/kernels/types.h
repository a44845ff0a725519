// Types shared by every kernel and its callers. Plain data only: kernels neither allocate nor own.
#pragma once

#include <cstdint>

namespace gatun::kernels {

/// Element-wise functions of the encoder families. GELU in its erf form is x/2·(1+erf(x/√2)), in
/// its tanh form x/2·(1+tanh(√(2/π)(x+0.044715x³))); the two differ by up to 5e-4.
enum class Activation : int32_t { kNone, kGeluErf, kGeluTanh, kSilu, kRelu, kTanh };

/// Storage types a checkpoint may use. Arithmetic is fp32 in every kernel of this list.
enum class Storage : int32_t { kF32, kF16, kBf16 };

/// LayerNorm: γ ⊙ (x − mean)/√(var + ε) + β. RMSNorm (Zhang and Sennrich, "Root Mean Square Layer
/// Normalization"): γ ⊙ x/√(mean(x²) + ε).
enum class NormKind : int32_t { kLayerNorm, kRms };

/// What a linear layer does with its product x·Wᵀ + b.
enum class Epilogue : int32_t {
  kStore,       ///< y = product
  kAccumulate,  ///< y += product (residual stream)
};

/// Weights of one linear layer in the panel order of the tier that packed them.
struct PackedLinear {
  const float* panels;  ///< 64-byte aligned, packed_floats(inputs, outputs) floats
  const float* bias;    ///< [outputs] or null
  int64_t inputs;       ///< K
  int64_t outputs;      ///< N
};

/// How a linear layer multiplies.
enum class Precision : int32_t {
  kF32,   ///< fp32 weights and activations: linear(), the reference
  kBf16,  ///< bf16 weights, activations rounded to bf16 where the tier multiplies bf16
  kInt8,  ///< s8 weights with one scale per output, u8 activations with scale and offset per row
};

/// Bytes of one element of a "half" matrix: activations between two reduced products. bf16 on tiers
/// that multiply bf16, fp32 on the others; half_bytes() tells which.
using Half = void;

/// Columns of a layer's output that are wanted side by side: in columns [0, end), cut in groups of
/// `group`, column j < group/2 belongs to column j + group/2 of its group (rotary pairs within a
/// head, activation and gate of a gated MLP). Columns from `end` on, and all with group 0, stand
/// alone.
struct ColumnPairs {
  int64_t end = 0;
  int64_t group = 0;
};

/// What determines the packed form of a layer in reduced precision.
struct ReducedShape {
  Precision precision;  ///< kBf16 or kInt8
  int64_t inputs;       ///< K, at most kInputsMax
  int64_t outputs;      ///< N
  ColumnPairs pairs = {};
  /// kInt8: each input is divided by a factor before it is rounded, and the weights are multiplied
  /// by it (Xiao et al., "SmoothQuant").
  bool smoothed = false;
  /// kInt8: inputs with outstanding weights stay out of the eight bits and are added in fp32, so
  /// that they do not coarsen the steps of the others.
  bool keeps = false;
};

/// Most inputs that a layer keeps apart.
inline constexpr int64_t kKeptMax = 8;

/// What a layer in reduced precision is packed from.
struct ReducedSource {
  const float* weight;             ///< [outputs, inputs]
  const float* bias = nullptr;     ///< [outputs] or null
  const float* factors = nullptr;  ///< [inputs], positive; null: all one. Only of smoothed layers.
  const int32_t* kept = nullptr;   ///< the kept inputs. Only of layers that keep.
  int64_t kept_count = 0;          ///< 0 … kKeptMax
};

/// 255 · 127 · K stays below 2³¹: the sums of an int8 product never overflow.
inline constexpr int64_t kInputsMax = 65536;

/// Sizes of a packed layer; bytes ≤ 0 when the shape is out of range or overflows.
struct ReducedLayout {
  int64_t bytes;    ///< of the packed layer, multiple of 64
  int64_t panels;   ///< units in which multiply() may be split between threads
  int64_t columns;  ///< of its results in packed order, padding included
};

/// Weights of one linear layer in the packed order of the tier that packed them.
struct ReducedLinear {
  ReducedShape shape;
  const void* packed;  ///< 64-byte aligned
};

/// Activations as a reduced product reads them. Row r starts at rows + r·stride bytes and holds
/// operand_stride() bytes, zero past the inputs. kInt8: x[r, k]/factor[k] ≈ scales[r]·u +
/// offsets[r]; a kept input counts as 0 there, its value stands in `kept`.
struct Operand {
  void* rows;             ///< 64-byte aligned
  int64_t stride;         ///< bytes, operand_stride() of precision and inputs
  float* scales;          ///< [rows], kInt8 only
  float* offsets;         ///< [rows], kInt8 only
  float* kept = nullptr;  ///< [rows, kKeptMax], kInt8 of layers that keep
};

/// What becomes of the results of a reduced product, fused into it.
enum class Finish : int32_t {
  kStore,     ///< y = result, fp32
  kAdd,       ///< y += result, fp32: the residual stream
  kActivate,  ///< half = f(result)
  kGate,      ///< half[i] = f(result[i]) · result[outputs/2 + i]; pairs = {outputs, outputs}
  kHeads,     ///< half = result in packed order, rotated and scaled: queries, keys and values
};

struct ReducedOutput {
  Finish finish;
  Activation activation;  ///< kActivate, kGate
  float* y;               ///< kStore, kAdd: [rows, outputs]
  int64_t y_stride;       ///< floats
  Half* half;             ///< the other finishes: [rows, …]
  int64_t half_stride;    ///< elements, multiple of 32
  /// kHeads. Paired columns are rotated: row r by the angles whose cosine and sine stand at
  /// [positions[r], group/2]. Columns before query_end (packed order) are multiplied by
  /// query_scale afterwards.
  const float* cosine;
  const float* sine;
  const int32_t* positions;
  int64_t query_end;
  float query_scale;
  /// Added to the result before anything else, or null: [rows, outputs] in the order of the layer's
  /// columns (low-rank adapters).
  const float* addend;
  int64_t addend_stride;  ///< floats
};

/// Key j is visible to query i iff i − before ≤ j ≤ i + after; −1: all on that side.
struct Window {
  int64_t before = -1;
  int64_t after = -1;
};

/// Queries of one head of one sequence against the keys they may see, in half precision. Element
/// (t, i) of q is q[t·stride + i]; likewise k and v, which may share one matrix.
struct HalfAttention {
  const Half* q;  ///< token 0 of the sequence, this head; scaled by log₂e too: weights are 2^(q·k)
  const Half* k;
  const Half* v;
  Half* out;
  int64_t stride;       ///< elements between tokens of q, k and v
  int64_t out_stride;   ///< elements between tokens of out
  int64_t tokens;       ///< length of the sequence
  int64_t query_first;  ///< first query of this call
  int64_t query_count;  ///< 1 … kQueryChunk
  int64_t score_dim;    ///< width of q and k, 1 … kScoreDimMax
  int64_t value_dim;    ///< width of v and out, 1 … kHeadDimMax
  Window window;
  void* scratch;  ///< half_attention_scratch() bytes, 64-byte aligned, of this thread
};

/// Most queries of one call: every call packs the keys its queries see once.
inline constexpr int64_t kQueryChunk = 512;
inline constexpr int64_t kScoreDimMax = 288;

/// One block of queries of one head of one sequence against the keys they may see.
/// Rows are tokens; element (t, i) of q is q[t * q_stride + i]; likewise k and v.
struct AttentionTile {
  const float* q;    ///< token 0 of the sequence, this head
  const float* k;    ///< token 0 of the sequence, this head
  const float* v;    ///< token 0 of the sequence, this head
  float* out;        ///< token 0 of the sequence, this head
  int64_t q_stride;  ///< floats between tokens
  int64_t k_stride;
  int64_t v_stride;
  int64_t out_stride;
  int64_t tokens;       ///< length of the sequence
  int64_t query_first;  ///< first query row of the block
  int64_t query_count;  ///< 1 … kQueryBlock
  int64_t head_dim;     ///< 1 … kHeadDimMax
  Window window;
  float scale;     ///< applied to q·k before the softmax
  float* scratch;  ///< kAttentionScratchFloats floats, 64-byte aligned, not shared by threads
};

/// Most queries of one tile. Every tile reads and reorders all keys its queries see, so full
/// attention wants whole blocks; with a window of w keys on either side a block of n queries visits
/// n + 2w keys, and fewer queries waste less on pairs that are masked.
inline constexpr int64_t kQueryBlock = 64;
inline constexpr int64_t kKeyBlock = 64;
inline constexpr int64_t kHeadDimMax = 256;

/// Scores of a tile (queries × keys), its running maxima and sums, its output rows, and K and V of
/// one key block in the layout the tier likes. Independent of the length of the sequence: attention
/// never holds an n×n object.
inline constexpr int64_t kAttentionScratchFloats = kQueryBlock * kKeyBlock + 4 * kQueryBlock +
                                                   2 * kQueryBlock * kHeadDimMax +
                                                   2 * kKeyBlock * kHeadDimMax;

}  // namespace gatun::kernels
