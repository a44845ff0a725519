// One reader of config.json per family, and what they share.
#pragma once

#include "model/config.h"
#include "model/config_reader.h"

namespace gatun::model {

/// Bounds of what a configuration may ask for, far above any published encoder. They keep every
/// product of two sizes inside 64 bits and every list short; memory is bounded by the tensors,
/// which must match.
inline constexpr int64_t kHiddenMax = 1 << 16;
inline constexpr int64_t kIntermediateMax = 1 << 18;
inline constexpr int64_t kLayersMax = 1024;
inline constexpr int64_t kVocabularyMax = 1 << 24;
inline constexpr int64_t kPositionsMax = 1 << 24;
inline constexpr double kThetaMax = 1e12;

void read_bert(const ConfigReader& config, EncoderConfig& encoder);
void read_modernbert(const ConfigReader& config, EncoderConfig& encoder);
void read_qwen3(const ConfigReader& config, EncoderConfig& encoder);
void read_gemma3(const ConfigReader& config, EncoderConfig& encoder);

/// hidden_size, intermediate_size, num_attention_heads, num_hidden_layers and vocab_size.
void read_sizes(const ConfigReader& config, EncoderConfig& encoder);

/// Heads that share out hidden_size, of queries as of keys and values.
void read_equal_heads(const ConfigReader& config, EncoderConfig& encoder);

/// num_key_value_heads and head_dim, or what is meant where they are absent. The scale of scores is
/// the family's affair.
struct GroupedHeads {
  int64_t key_heads;
  int64_t head_dim;
};
void read_grouped_heads(const ConfigReader& config, EncoderConfig& encoder, GroupedHeads absent);

/// 1/√x.
float inverse_root(double x);

/// layer_types, where it is there: which layers attend to a window alone. `sliding`: one for each
/// layer.
void read_window_kinds(const ConfigReader& config, EncoderConfig& encoder,
                       std::vector<bool>& sliding);

/// The rotary embedding that `rope` (an object with rope_type or type) describes.
Rotary read_rotary(const ConfigReader& config, const Json* rope, const std::string& rope_key,
                   double theta_absent, int64_t positions_max);

/// Indices into EncoderConfig::rotaries of a family with two kinds of layers.
inline constexpr int kFull = 0;
inline constexpr int kSliding = 1;

/// Rotaries of layers that attend to everything and of those that attend to a window: as
/// rope_parameters says for each kind or for both alike, or by these bases, the full layers' with
/// rope_scaling, the sliding ones' with it only where `scale_sliding`.
struct RotaryBases {
  double full;
  double sliding;
  bool scale_sliding;
};
std::vector<Rotary> read_rotary_kinds(const ConfigReader& config, const RotaryBases& bases,
                                      int64_t positions_max);

/// ModernBERT's representation_contract, read last: what else says the same has to agree with it.
void read_contract(const ConfigReader& config, EncoderConfig& encoder);

/// Pooling and normalisation from modules.json and its folders, when there is one.
void read_sentence_transformers(const Folder& folder, EncoderConfig& encoder);

}  // namespace gatun::model
