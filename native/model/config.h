// What config.json (and the sentence-transformers files beside it) say about an encoder, validated
// and in one vocabulary for all families. The graph is built from this and from nothing else: no
// name, size or tensor decides what a model is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/folder.h"

namespace gatun::model {

/// Element-wise functions: GELU in its erf form is x/2·(1 + erf(x/√2)), in its tanh form
/// x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))); the two are different functions.
enum class Activation { kNone, kGeluErf, kGeluTanh, kSilu, kRelu, kTanh };

enum class Family { kBert, kModernBert, kQwen3, kGemma3 };
enum class HeadKind { kNone, kSequence, kToken };
enum class Pooling { kUnspecified, kCls, kMean, kLast };

/// LayerNorm: γ ⊙ (x − mean)/√(var + ε) + β. RMSNorm (https://arxiv.org/abs/1910.07467):
/// γ ⊙ x/√(mean(x²) + ε).
enum class NormKind { kLayerNorm, kRms };

/// What all norms of a model have in common.
struct NormForm {
  NormKind kind = NormKind::kLayerNorm;
  float epsilon = 0;
  bool bias = false;
  bool less_one = false;  ///< files hold γ − 1
};

/// Where a layer normalises: before its two branches (x + f(N(x))), after the sum (N(x + f(x))), or
/// before and after each branch (x + N'(f(N(x)))).
enum class NormPosition { kBeforeBranch, kAfterSum, kAroundBranch };

/// Token j is visible to token i iff i − before ≤ j ≤ i + after; −1: all on that side.
struct Window {
  int64_t before = -1;
  int64_t after = -1;
};

/// YaRN (https://arxiv.org/abs/2309.00071) as a configuration states it.
struct Yarn {
  double factor = 1;
  int64_t original_positions = 0;
  double beta_fast = 32;
  double beta_slow = 1;
  double attention_factor = 1;  ///< multiplies cosine and sine
  bool truncate = true;         ///< whole dimensions as borders of the ramp
};

/// One rotary embedding: base θ, with YaRN or plain.
struct Rotary {
  double theta = 10000;
  std::optional<Yarn> yarn;
};

/// What differs between layers.
struct LayerConfig {
  bool attention_norm = true;  ///< false: this layer's attention reads x itself
  Window window;
  int rotary = -1;  ///< index into EncoderConfig::rotaries; −1: none
};

/// A linear layer behind the pooling, with weights of its own: y = f(W·x + b).
struct DenseModule {
  std::string folder;  ///< of its weights, inside the model's
  int64_t inputs = 0;
  int64_t outputs = 0;
  bool bias = false;
  Activation activation = Activation::kNone;
};

struct EncoderConfig {
  Family family = Family::kBert;
  HeadKind head = HeadKind::kNone;
  bool head_stated = false;  ///< `architectures` says so; without it a model is taken as a trunk
  Pooling pooling = Pooling::kUnspecified;
  std::vector<DenseModule> dense;  ///< that a pooled vector goes through, in this order
  bool normalized = false;         ///< embeddings are divided by their L2 norm
  bool raw_exits = false;          ///< embeddings of an early layer go without the final norm

  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t attention_heads = 0;
  int64_t key_heads = 0;  ///< of keys and values, each for attention_heads / key_heads heads
  int64_t head_dim = 0;
  float attention_scale = 0;  ///< of q·k
  bool head_norms = false;    ///< queries and keys are normalised head by head, before rotation
  int64_t vocabulary = 0;
  int64_t positions_max = 0;
  int64_t token_types = 0;
  float embedding_scale = 1;      ///< of the rows of the token table
  std::optional<int64_t> labels;  ///< as the configuration counts them, when it does
  std::string labels_key;         ///< the key that counted them

  NormPosition norm_position = NormPosition::kBeforeBranch;
  NormForm norm;
  bool attention_bias = false;
  bool mlp_bias = false;
  bool gated = false;  ///< MLP is act(u₁) ⊙ u₂ instead of act(u)
  Activation activation = Activation::kGeluErf;

  bool classifier_bias = false;  ///< of the head's dense layer
  Activation classifier_activation = Activation::kGeluErf;

  std::vector<LayerConfig> layers;
  std::vector<Rotary> rotaries;

  /// Widths of a token's queries, and of its queries, keys and values side by side.
  int64_t query_width() const { return attention_heads * head_dim; }
  int64_t qkv_width() const { return (attention_heads + 2 * key_heads) * head_dim; }
  /// Width of an embedding.
  int64_t embedding_size() const { return dense.empty() ? hidden_size : dense.back().outputs; }
  /// Folders of the weights behind the pooling.
  std::vector<std::string> module_folders() const;
};

/// Reads and validates the configuration of a model folder. Throws Failure: ErrorCode::kIo when
/// config.json is missing, ErrorCode::kFormat when it is damaged or contradicts itself,
/// ErrorCode::kUnsupported when it asks for something this engine does not compute. Messages name
/// file and key.
EncoderConfig read_config(const Folder& folder);

/// The configuration that the same trunk has under another head, whose labels are not stated.
EncoderConfig read_config(const Folder& folder, HeadKind head);

/// The head that config.json of a folder of `family` states. Throws Failure when it states none.
HeadKind read_stated_head(const Folder& folder, Family family);

}  // namespace gatun::model
