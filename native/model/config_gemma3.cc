// Gemma 3 (https://arxiv.org/abs/2503.19786) and EmbeddingGemma (https://arxiv.org/abs/2509.20354),
// which attends to both sides: full and sliding layers with rotary bases of their own, fewer heads
// of keys than of queries, both normalised head by head, RMSNorm of γ − 1 around the branches,
// gated MLP, scaled token rows. Keys and defaults of transformers' Gemma3TextConfig, with
// rope_theta and rope_local_base_freq or, newer, rope_parameters.
#include <cmath>

#include "model/families.h"

namespace gatun::model {
namespace {

constexpr int64_t kPositions = 131072;
constexpr double kFullTheta = 1e6;
constexpr double kSlidingTheta = 1e4;
constexpr int64_t kWindow = 4096;
constexpr int64_t kPattern = 6;
constexpr GroupedHeads kHeads = {4, 256};

/// `sliding_window` tokens are visible: the last ones, the token itself included, or in
/// bidirectional models half of them on either side.
Window read_window(const ConfigReader& config, bool bidirectional) {
  const int64_t window = config.integer("sliding_window", 1, kPositionsMax, kWindow);
  return bidirectional ? Window{window / 2, window / 2} : Window{window - 1, 0};
}

void read_layers(const ConfigReader& config, EncoderConfig& encoder) {
  const bool bidirectional = config.boolean("use_bidirectional_attention", false);
  const char* pattern_key = config.find("sliding_window_pattern") != nullptr
                                ? "sliding_window_pattern"
                                : "_sliding_window_pattern";
  const auto pattern = static_cast<size_t>(config.integer(pattern_key, 1, kLayersMax, kPattern));
  const Window window = read_window(config, bidirectional);
  std::vector<bool> sliding(encoder.layers.size());
  for (size_t i = 0; i < sliding.size(); ++i) sliding[i] = (i + 1) % pattern != 0;
  read_window_kinds(config, encoder, sliding);
  const bool null_window = config.has("sliding_window") && config.find("sliding_window") == nullptr;
  for (size_t i = 0; i < sliding.size(); ++i) {
    if (sliding[i] && null_window) {
      config.fail("sliding_window", "is null, but layer " + std::to_string(i) + " slides");
    }
    encoder.layers[i].window = sliding[i] ? window : Window{-1, bidirectional ? -1 : 0};
    encoder.layers[i].rotary = sliding[i] ? kSliding : kFull;
  }
}

}  // namespace

void read_gemma3(const ConfigReader& config, EncoderConfig& encoder) {
  read_sizes(config, encoder);
  read_grouped_heads(config, encoder, kHeads);
  encoder.attention_scale = inverse_root(
      config.real("query_pre_attn_scalar", 1e-6, 1e9, static_cast<double>(kHeads.head_dim)));
  encoder.head_norms = true;
  encoder.positions_max = config.integer("max_position_embeddings", 1, kPositionsMax, kPositions);
  encoder.embedding_scale = static_cast<float>(std::sqrt(static_cast<double>(encoder.hidden_size)));
  encoder.norm_position = NormPosition::kAroundBranch;
  encoder.norm.kind = NormKind::kRms;
  encoder.norm.less_one = true;
  encoder.norm.epsilon = static_cast<float>(config.real("rms_norm_eps", 0, 1, 1e-6));
  encoder.attention_bias = config.boolean("attention_bias", false);
  encoder.gated = true;
  encoder.activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
  if (config.find("attn_logit_softcapping") != nullptr) {
    config.unsupported("attn_logit_softcapping", "is not supported; expected null");
  }
  const Json* parameters = config.find("rope_parameters");
  if (parameters != nullptr && parameters->is(Json::Kind::kObject) &&
      parameters->find("full_attention") == nullptr) {
    config.fail("rope_parameters", "expected full_attention and sliding_attention");
  }
  const RotaryBases bases = {config.real("rope_theta", 1, kThetaMax, kFullTheta),
                             config.real("rope_local_base_freq", 1, kThetaMax, kSlidingTheta),
                             false};
  encoder.rotaries = read_rotary_kinds(config, bases, encoder.positions_max);
  read_layers(config, encoder);
}

}  // namespace gatun::model
