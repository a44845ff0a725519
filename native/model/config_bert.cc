// BERT: absolute positions, token types, norms after the sums, biases everywhere, one MLP
// activation. Keys and defaults of transformers' BertConfig.
#include "model/families.h"

namespace gatun::model {

void read_bert(const ConfigReader& config, EncoderConfig& encoder) {
  read_sizes(config, encoder);
  read_equal_heads(config, encoder);
  encoder.positions_max = config.integer("max_position_embeddings", 1, kPositionsMax, 512);
  encoder.token_types = config.integer("type_vocab_size", 1, kHiddenMax, 2);
  encoder.norm_position = NormPosition::kAfterSum;
  encoder.norm.epsilon = static_cast<float>(config.real("layer_norm_eps", 0, 1, 1e-12));
  encoder.norm.bias = true;
  encoder.attention_bias = true;
  encoder.mlp_bias = true;
  encoder.gated = false;
  encoder.activation = config.activation("hidden_act", "gelu");

  const std::string positions = config.text("position_embedding_type", "absolute");
  if (positions != "absolute") {
    config.unsupported("position_embedding_type",
                       "\"" + positions + "\" is not supported; expected absolute");
  }
  for (const char* key : {"is_decoder", "add_cross_attention"}) {
    if (config.boolean(key, false)) config.unsupported(key, "true is not supported");
  }

  // BertPooler: tanh(W·y₀ + b), then the classifier; token heads have the classifier alone.
  encoder.classifier_bias = true;
  encoder.classifier_activation = Activation::kTanh;
  if (encoder.head == HeadKind::kSequence) encoder.pooling = Pooling::kCls;
}

}  // namespace gatun::model
