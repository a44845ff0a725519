// ModernBERT and mmBERT (https://arxiv.org/abs/2412.13663): rotary positions, alternating global
// and local attention, gated MLP, norms before the branches. Keys and defaults of transformers'
// ModernBertConfig, in its older form (global_rope_theta, local_rope_theta, rope_scaling) and its
// newer one (rope_parameters, layer_types).
#include <array>

#include "model/families.h"

namespace gatun::model {
namespace {

constexpr int kGlobal = 0;  // index into EncoderConfig::rotaries
constexpr int kLocal = 1;
constexpr double kGlobalTheta = 160000;
constexpr double kLocalTheta = 10000;
constexpr double kThetaMax = 1e12;

void read_rotaries(const ConfigReader& config, EncoderConfig& encoder) {
  const double global = config.real("global_rope_theta", 1, kThetaMax, kGlobalTheta);
  // An explicit null means "as the global layers".
  const bool local_is_null =
      config.find("local_rope_theta") == nullptr && config.has("local_rope_theta");
  const double local =
      config.real("local_rope_theta", 1, kThetaMax, local_is_null ? global : kLocalTheta);
  const Json* parameters = config.find("rope_parameters");
  const Json* scaling = config.find("rope_scaling");
  if (parameters == nullptr) {
    encoder.rotaries = {read_rotary(config, scaling, "rope_scaling", global, encoder.positions_max),
                        read_rotary(config, scaling, "rope_scaling", local, encoder.positions_max)};
    return;
  }
  const ConfigReader both(*parameters, config.name() + ": rope_parameters");
  const Json* full = both.find("full_attention");
  const Json* sliding = both.find("sliding_attention");
  if ((full == nullptr) != (sliding == nullptr)) {
    both.fail(full == nullptr ? "full_attention" : "sliding_attention", "is missing");
  }
  const bool flat = full == nullptr;
  encoder.rotaries = {read_rotary(config, flat ? parameters : full,
                                  flat ? "rope_parameters" : "rope_parameters.full_attention",
                                  global, encoder.positions_max),
                      read_rotary(config, flat ? parameters : sliding,
                                  flat ? "rope_parameters" : "rope_parameters.sliding_attention",
                                  local, encoder.positions_max)};
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
  static constexpr std::array<Word<bool>, 2> kKinds = {
      {{"full_attention", false}, {"sliding_attention", true}}};
  const int64_t window = read_window(config);
  const int64_t every = config.integer("global_attn_every_n_layers", 1, kLayersMax, 3);
  const Json* kinds = config.array("layer_types");
  if (kinds != nullptr && kinds->items.size() != encoder.layers.size()) {
    config.fail("layer_types", "has " + std::to_string(kinds->items.size()) +
                                   " entries, but num_hidden_layers is " +
                                   std::to_string(encoder.layers.size()));
  }
  for (size_t i = 0; i < encoder.layers.size(); ++i) {
    bool local = i % static_cast<size_t>(every) != 0;
    if (kinds != nullptr) {
      local = config.word_of<bool>("layer_types", kinds->items[i], kKinds);
    }
    encoder.layers[i].attention_norm = i > 0;
    encoder.layers[i].window = local ? window : -1;
    encoder.layers[i].rotary = local ? kLocal : kGlobal;
  }
}

}  // namespace

void read_modernbert(const ConfigReader& config, EncoderConfig& encoder) {
  read_sizes(config, encoder);
  if (config.find("representation_contract") != nullptr) {
    // It overrides how vectors are pooled and normalised; ignoring it would change the results.
    config.unsupported("representation_contract", "is not supported");
  }
  if (encoder.head_dim() % 2 != 0) {
    config.fail("num_attention_heads",
                "hidden_size / num_attention_heads = " + std::to_string(encoder.head_dim()) +
                    " is odd; rotary positions need an even size");
  }
  encoder.positions_max = config.integer("max_position_embeddings", 1, kPositionsMax, 8192);
  encoder.token_types = 0;
  encoder.norm_position = NormPosition::kBeforeBranch;
  const char* epsilon = config.find("norm_eps") != nullptr ? "norm_eps" : "layer_norm_eps";
  encoder.norm_epsilon = static_cast<float>(config.real(epsilon, 0, 1, 1e-5));
  encoder.norm_bias = config.boolean("norm_bias", false);
  encoder.attention_bias = config.boolean("attention_bias", false);
  encoder.mlp_bias = config.boolean("mlp_bias", false);
  encoder.gated = true;
  encoder.activation = config.activation("hidden_activation", "gelu");
  read_rotaries(config, encoder);
  read_layers(config, encoder);

  encoder.classifier_bias = config.boolean("classifier_bias", false);
  encoder.classifier_activation = config.activation("classifier_activation", "gelu");
  static constexpr std::array<Word<Pooling>, 2> kPoolings = {
      {{"cls", Pooling::kCls}, {"mean", Pooling::kMean}}};
  const Pooling pooling = config.word<Pooling>("classifier_pooling", "cls", kPoolings);
  if (encoder.head == HeadKind::kSequence) encoder.pooling = pooling;
}

}  // namespace gatun::model
