// Types shared by every kernel and its callers. Plain data only: kernels neither allocate nor own.
#pragma once

#include <cstdint>

namespace gatun::kernels {

/// Element-wise functions of the encoder families. GELU in its erf form is x/2·(1+erf(x/√2)), in
/// its tanh form x/2·(1+tanh(√(2/π)(x+0.044715x³))); the two differ by up to 5e-4.
enum class Activation : int32_t { kNone, kGeluErf, kGeluTanh, kSilu, kRelu, kTanh };

/// Storage types a checkpoint may use. Arithmetic is fp32 in every kernel of this list.
enum class Storage : int32_t { kF32, kF16, kBf16 };

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
  int64_t window;       ///< key j visible to query i iff |i − j| ≤ window; −1: every key
  float scale;          ///< applied to q·k before the softmax
  float* scratch;       ///< kAttentionScratchFloats floats, 64-byte aligned, not shared by threads
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
