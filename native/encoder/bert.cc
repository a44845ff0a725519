// BERT's tensor names (https://arxiv.org/abs/1810.04805; names of transformers' BertModel).
#include "encoder/families.h"

namespace gatun::encoder {
namespace {

void bind_layer(Binder& binder, const model::EncoderConfig& config, const std::string& prefix,
                Layer& layer) {
  const Extent hidden{config.hidden_size, "hidden_size"};
  const Extent inner{config.intermediate_size, "intermediate_size"};
  const std::string self = prefix + "attention.self.";
  const float epsilon = config.norm_epsilon;
  binder.linear({self + "query", self + "key", self + "value"}, hidden, hidden,
                config.attention_bias, layer.qkv);
  binder.linear({prefix + "attention.output.dense"}, hidden, hidden, config.attention_bias,
                layer.attention_out);
  binder.norm(prefix + "attention.output.LayerNorm", hidden, config.norm_bias, epsilon,
              layer.attention_norm);
  binder.linear({prefix + "intermediate.dense"}, hidden, inner, config.mlp_bias, layer.up);
  binder.linear({prefix + "output.dense"}, inner, hidden, config.mlp_bias, layer.down);
  binder.norm(prefix + "output.LayerNorm", hidden, config.norm_bias, epsilon, layer.mlp_norm);
}

void bind(Binder& binder, Graph& graph) {
  const model::EncoderConfig& config = graph.config;
  const Extent hidden{config.hidden_size, "hidden_size"};
  Embedding& embedding = graph.embedding;
  binder.table(binder.trunk("embeddings.word_embeddings"), {config.vocabulary, "vocab_size"},
               hidden, false, embedding.tokens);
  binder.table(binder.trunk("embeddings.position_embeddings"),
               {config.positions_max, "max_position_embeddings"}, hidden, true,
               embedding.positions);
  binder.table(binder.trunk("embeddings.token_type_embeddings"),
               {config.token_types, "type_vocab_size"}, hidden, true, embedding.types);
  binder.norm(binder.trunk("embeddings.LayerNorm"), hidden, config.norm_bias, config.norm_epsilon,
              embedding.norm);
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    bind_layer(binder, config, binder.trunk("encoder.layer." + std::to_string(i) + "."),
               graph.layers[i]);
  }
  if (config.head == model::HeadKind::kNone) return;
  if (config.head == model::HeadKind::kSequence) {
    graph.head.activation = config.classifier_activation;
    binder.exact_linear({binder.trunk("pooler.dense")}, hidden, hidden, config.classifier_bias,
                        graph.head.dense);
  }
  bind_classifier(binder, graph);
}

}  // namespace

FamilyNames bert_names() {
  return {&bind, {"embeddings.position_ids", "embeddings.token_type_ids", "pooler.", "cls."}};
}

}  // namespace gatun::encoder
