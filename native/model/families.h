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

void read_bert(const ConfigReader& config, EncoderConfig& encoder);
void read_modernbert(const ConfigReader& config, EncoderConfig& encoder);

/// hidden_size, num_attention_heads, num_hidden_layers and their relations.
void read_sizes(const ConfigReader& config, EncoderConfig& encoder);

/// The rotary embedding that `rope` (an object with rope_type or type) describes.
Rotary read_rotary(const ConfigReader& config, const Json* rope, const std::string& rope_key,
                   double theta_absent, int64_t positions_max);

/// Pooling and normalisation from modules.json and its folders, when there is one.
void read_sentence_transformers(const Folder& folder, EncoderConfig& encoder);

}  // namespace gatun::model
