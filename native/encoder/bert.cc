// BERT's tensor names (https://arxiv.org/abs/1810.04805; names of transformers' BertModel).
#include "encoder/families.h"

namespace gatun::encoder {
namespace {

constexpr const char* kTokenTypes = "embeddings.token_type_embeddings";

std::vector<LinearNames> linears(const model::EncoderConfig& config, size_t layer) {
  const Extent hidden{config.hidden_size, "hidden_size"};
  const Extent inner{config.intermediate_size, "intermediate_size"};
  const std::string prefix = "encoder.layer." + std::to_string(layer) + ".";
  const std::string self = prefix + "attention.self.";
  return {{Slot::kQkv,
           {{self + "query", hidden}, {self + "key", hidden}, {self + "value", hidden}},
           hidden,
           config.attention_bias},
          {Slot::kAttentionOut,
           {{prefix + "attention.output.dense", hidden}},
           hidden,
           config.attention_bias},
          {Slot::kUp, {{prefix + "intermediate.dense", inner}}, hidden, config.mlp_bias},
          {Slot::kDown, {{prefix + "output.dense", hidden}}, inner, config.mlp_bias}};
}

HeadNames head(const model::EncoderConfig& config) {
  if (config.head != model::HeadKind::kSequence) return {};
  return {"pooler.dense", true, ""};
}

void bind_layer(Binder& binder, const model::EncoderConfig& config, size_t index, Layer& layer) {
  const Extent hidden{config.hidden_size, "hidden_size"};
  const std::string prefix = binder.trunk("encoder.layer." + std::to_string(index) + ".");
  for (const LinearNames& names : linears(config, index)) {
    binder.linear(names, layer.linear(names.slot));
  }
  binder.norm(prefix + "attention.output.LayerNorm", hidden, config.norm, layer.attention_norm);
  binder.norm(prefix + "output.LayerNorm", hidden, config.norm, layer.mlp_norm);
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
  binder.table(binder.trunk(kTokenTypes), {config.token_types, "type_vocab_size"}, hidden, true,
               embedding.types);
  binder.norm(binder.trunk("embeddings.LayerNorm"), hidden, config.norm, embedding.norm);
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    bind_layer(binder, config, i, graph.layers[i]);
  }
  bind_head(binder, config, head(config), graph.head);
}

}  // namespace

FamilyNames bert_names() { return {&bind, &linears, &head, {"pooler.", "cls."}, kTokenTypes}; }

}  // namespace gatun::encoder
