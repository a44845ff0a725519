// Qwen3 (https://arxiv.org/abs/2505.09388): causal attention, fewer heads of keys than of queries,
// both normalised head by head, gated MLP, RMSNorm before the branches. Keys and defaults of
// transformers' Qwen3Config, with rope_theta and rope_scaling or, newer, rope_parameters.
#include "model/families.h"

namespace gatun::model {
namespace {

constexpr int64_t kPositions = 32768;
constexpr double kTheta = 10000;
constexpr int64_t kWindow = 4096;
constexpr int64_t kFullLayers = 28;
constexpr GroupedHeads kHeads = {32, 128};

/// Layers from max_window_layers on attend to the last sliding_window tokens alone, their own
/// included, where use_sliding_window or layer_types says so.
void read_layers(const ConfigReader& config, EncoderConfig& encoder) {
  const bool windows = config.boolean("use_sliding_window", false);
  const auto full =
      static_cast<size_t>(config.integer("max_window_layers", 0, kPositionsMax, kFullLayers));
  // An explicit null means none.
  const bool null_window = config.has("sliding_window") && config.find("sliding_window") == nullptr;
  const int64_t window = config.integer("sliding_window", 1, kPositionsMax, kWindow);
  std::vector<bool> sliding(encoder.layers.size());
  for (size_t i = 0; i < sliding.size(); ++i) sliding[i] = windows && !null_window && i >= full;
  read_window_kinds(config, encoder, sliding);
  for (size_t i = 0; i < sliding.size(); ++i) {
    if (sliding[i] && (!windows || null_window)) {
      config.fail("layer_types",
                  "has a sliding_attention, but use_sliding_window and "
                  "sliding_window give no window");
    }
    encoder.layers[i].window = {sliding[i] ? window - 1 : -1, 0};
    encoder.layers[i].rotary = kFull;
  }
}

}  // namespace

void read_qwen3(const ConfigReader& config, EncoderConfig& encoder) {
  read_sizes(config, encoder);
  read_grouped_heads(config, encoder, kHeads);
  encoder.attention_scale = inverse_root(static_cast<double>(encoder.head_dim));
  encoder.head_norms = true;
  encoder.positions_max = config.integer("max_position_embeddings", 1, kPositionsMax, kPositions);
  encoder.norm_position = NormPosition::kBeforeBranch;
  encoder.norm.kind = NormKind::kRms;
  encoder.norm.epsilon = static_cast<float>(config.real("rms_norm_eps", 0, 1, 1e-6));
  encoder.attention_bias = config.boolean("attention_bias", false);
  encoder.gated = true;
  encoder.activation = config.activation("hidden_act", "silu");
  if (!config.boolean("is_causal", true) || config.boolean("use_bidirectional_attention", false)) {
    config.unsupported(
        config.boolean("is_causal", true) ? "use_bidirectional_attention" : "is_causal",
        "attention to later tokens is not supported for this model_type");
  }
  const Json* parameters = config.find("rope_parameters");
  const char* key = parameters == nullptr ? "rope_scaling" : "rope_parameters";
  encoder.rotaries = {read_rotary(config, config.find(key), key,
                                  config.real("rope_theta", 1, kThetaMax, kTheta),
                                  encoder.positions_max)};
  read_layers(config, encoder);
}

}  // namespace gatun::model
