// ModernBERT and mmBERT (https://arxiv.org/abs/2412.13663): rotary positions, alternating global
// and local attention, gated MLP, norms before the branches. Keys and defaults of transformers'
// ModernBertConfig, in its older form (global_rope_theta, local_rope_theta, rope_scaling) and its
// newer one (rope_parameters, layer_types).
#include <algorithm>
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

/// The contract and the rest of the folder have to name one pooling; alone it decides.
void agree_on_pooling(const ConfigReader& contract, EncoderConfig& encoder) {
  static constexpr std::array<Word<Pooling>, 3> kPoolings = {
      {{"cls", Pooling::kCls}, {"mean", Pooling::kMean}, {"lasttoken", Pooling::kLast}}};
  const Pooling pooling = contract.word<Pooling>("pooling", "", kPoolings);
  if (encoder.pooling == Pooling::kUnspecified) encoder.pooling = pooling;
  if (encoder.pooling != pooling) {
    contract.fail("pooling", "is \"" + contract.text("pooling", "") +
                                 "\", but classifier_pooling or the folder of the pooling "
                                 "module says otherwise");
  }
}

/// "final_norm" is what every trunk does at its end; "l2" is the Normalize module's.
void agree_on_norm(const ConfigReader& contract, bool stated, EncoderConfig& encoder) {
  static constexpr std::array<Word<bool>, 2> kNorms = {{{"final_norm", false}, {"l2", true}}};
  const bool l2 = contract.word<bool>("final_normalization", "final_norm", kNorms);
  if (l2 && encoder.head != HeadKind::kNone) {
    contract.unsupported("final_normalization", "\"l2\" in front of a classifier");
  }
  if (l2 && stated && !encoder.normalized) {
    contract.fail("final_normalization", "is \"l2\", but modules.json has no Normalize");
  }
  encoder.normalized = encoder.normalized || l2;
}

}  // namespace

void read_contract(const ConfigReader& config, EncoderConfig& encoder) {
  constexpr char kKey[] = "representation_contract";
  const Json* object = config.find(kKey);
  if (object == nullptr) return;
  if (encoder.head == HeadKind::kToken) {
    config.unsupported(kKey, "is not supported for a classifier of tokens");
  }
  const ConfigReader contract(*object, config.name() + ": " + kKey);
  static constexpr std::array<std::string_view, 5> kKeys = {
      "version", "pooling", "intermediate_normalization", "final_normalization", "head_dtype"};
  for (const auto& [key, value] : object->members) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    contract.unsupported(key, "is unknown, so it is not known what it would change");
  }
  contract.integer("version", 1, 1);
  const bool stated = encoder.pooling != Pooling::kUnspecified;
  agree_on_pooling(contract, encoder);
  agree_on_norm(contract, stated, encoder);
  static constexpr std::array<Word<bool>, 2> kExits = {{{"final_norm", false}, {"none", true}}};
  encoder.raw_exits = contract.word<bool>("intermediate_normalization", "final_norm", kExits);
  // A head is computed in fp32 at least where it matters, whatever it was stored in.
  static constexpr std::array<Word<bool>, 3> kTypes = {
      {{"float32", true}, {"bfloat16", true}, {"float16", true}}};
  contract.word<bool>("head_dtype", "float32", kTypes);
}

void read_modernbert(const ConfigReader& config, EncoderConfig& encoder) {
  read_sizes(config, encoder);
  read_equal_heads(config, encoder);
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
