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

enum class Family { kBert, kModernBert };
enum class HeadKind { kNone, kSequence, kToken };
enum class Pooling { kUnspecified, kCls, kMean };

/// Where a layer normalises: before its two branches (x + f(LN(x))) or after the sum (LN(x +
/// f(x))).
enum class NormPosition { kBeforeBranch, kAfterSum };

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
  int64_t window = -1;         ///< token j is visible to i iff |i − j| ≤ window; −1: all
  int rotary = -1;             ///< index into EncoderConfig::rotaries; −1: none
};

struct EncoderConfig {
  Family family = Family::kBert;
  HeadKind head = HeadKind::kNone;
  bool head_stated = false;  ///< `architectures` says so; without it a model is taken as a trunk
  Pooling pooling = Pooling::kUnspecified;
  bool normalized = false;  ///< embeddings are divided by their L2 norm

  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t attention_heads = 0;
  int64_t vocabulary = 0;
  int64_t positions_max = 0;
  int64_t token_types = 0;
  std::optional<int64_t> labels;  ///< as the configuration counts them, when it does
  std::string labels_key;         ///< the key that counted them

  NormPosition norm_position = NormPosition::kBeforeBranch;
  float norm_epsilon = 0;
  bool norm_bias = false;
  bool attention_bias = false;
  bool mlp_bias = false;
  bool gated = false;  ///< MLP is act(u₁) ⊙ u₂ instead of act(u)
  Activation activation = Activation::kGeluErf;

  bool classifier_bias = false;  ///< of the head's dense layer
  Activation classifier_activation = Activation::kGeluErf;

  std::vector<LayerConfig> layers;
  std::vector<Rotary> rotaries;

  int64_t head_dim() const { return hidden_size / attention_heads; }
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
