// ModernBERT and mmBERT (https://arxiv.org/abs/2412.13663): rotary positions, alternating global
// and local attention, gated MLP, norms before the branches. Keys and defaults of transformers'
// ModernBertConfig, in its older form (global_rope_theta, local_rope_theta, rope_scaling) and its
// newer one (rope_parameters, layer_types).
#include <array>

#include "model/families.h"

namespace gatun::model {
namespace {

constexpr double kGlobalTheta = 160000;
constexpr double kLocalTheta = 10000;

RotaryBases read_bases(const ConfigReader& config) {
  const double global = config.real("global_rope_theta", 1, kThetaMax, kGlobalTheta);
  // An explicit null means "as the global layers".
  const bool local_is_null =
      config.find("local_rope_theta") == nullptr && config.has("local_rope_theta");
  return {global,
          config.real("local_rope_theta", 1, kThetaMax, local_is_null ? global : kLocalTheta),
          true};
}

/// Half-width of the local layers. `local_attention` counts both sides; `sliding_window`, written
/// by newer versions in its place, is the half-width + 1.
int64_t read_window(const ConfigReader& config) {
  if (config.find("local_attention") == nullptr && config.find("sliding_window") != nullptr) {
    return config.integer("sliding_window", 1, kPositionsMax) - 1;
  }
  return config.integer("local_attention", 1, kPositionsMax, 128) / 2;
}

void read_layers(const ConfigReader& config, EncoderConfig& encoder) {
  const int64_t window = read_window(config);
  const int64_t every = config.integer("global_attn_every_n_layers", 1, kLayersMax, 3);
  std::vector<bool> sliding(encoder.layers.size());
  for (size_t i = 0; i < sliding.size(); ++i) sliding[i] = i % static_cast<size_t>(every) != 0;
  read_window_kinds(config, encoder, sliding);
  for (size_t i = 0; i < sliding.size(); ++i) {
    encoder.layers[i].attention_norm = i > 0;
    if (sliding[i]) encoder.layers[i].window = {window, window};
    encoder.layers[i].rotary = sliding[i] ? kSliding : kFull;
  }
}

}  // namespace

void read_modernbert(const ConfigReader& config, EncoderConfig& encoder) {
  read_sizes(config, encoder);
  read_equal_heads(config, encoder);
  if (config.find("representation_contract") != nullptr) {
    // It overrides how vectors are pooled and normalised; ignoring it would change the results.
    config.unsupported("representation_contract", "is not supported");
  }
  if (encoder.head_dim % 2 != 0) {
    config.fail("num_attention_heads",
                "hidden_size / num_attention_heads = " + std::to_string(encoder.head_dim) +
                    " is odd; rotary positions need an even size");
  }
  encoder.positions_max = config.integer("max_position_embeddings", 1, kPositionsMax, 8192);
  encoder.token_types = 0;
  encoder.norm_position = NormPosition::kBeforeBranch;
  const char* epsilon = config.find("norm_eps") != nullptr ? "norm_eps" : "layer_norm_eps";
  encoder.norm.epsilon = static_cast<float>(config.real(epsilon, 0, 1, 1e-5));
  encoder.norm.bias = config.boolean("norm_bias", false);
  encoder.attention_bias = config.boolean("attention_bias", false);
  encoder.mlp_bias = config.boolean("mlp_bias", false);
  encoder.gated = true;
  encoder.activation = config.activation("hidden_activation", "gelu");
  encoder.rotaries = read_rotary_kinds(config, read_bases(config), encoder.positions_max);
  read_layers(config, encoder);

  encoder.classifier_bias = config.boolean("classifier_bias", false);
  encoder.classifier_activation = config.activation("classifier_activation", "gelu");
  static constexpr std::array<Word<Pooling>, 2> kPoolings = {
      {{"cls", Pooling::kCls}, {"mean", Pooling::kMean}}};
  const Pooling pooling = config.word<Pooling>("classifier_pooling", "cls", kPoolings);
  if (encoder.head == HeadKind::kSequence) encoder.pooling = pooling;
}

}  // namespace gatun::model
