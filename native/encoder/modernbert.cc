// ModernBERT's tensor names (https://arxiv.org/abs/2412.13663; names of transformers'
// ModernBertModel). mmBERT is the same graph.
#include "encoder/families.h"

namespace gatun::encoder {
namespace {

std::vector<LinearNames> linears(const model::EncoderConfig& config, size_t layer) {
  const Extent hidden{config.hidden_size, "hidden_size"};
  const Extent inner{config.intermediate_size, "intermediate_size"};
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  return {{Slot::kQkv,
           {{prefix + "attn.Wqkv", {3 * hidden.value, "3·hidden_size"}}},
           hidden,
           config.attention_bias,
           {2 * hidden.value, config.head_dim}},
          {Slot::kAttentionOut, {{prefix + "attn.Wo", hidden}}, hidden, config.attention_bias},
          {Slot::kUp,
           {{prefix + "mlp.Wi", {2 * inner.value, "2·intermediate_size"}}},
           hidden,
           config.mlp_bias,
           {2 * inner.value, 2 * inner.value}},
          {Slot::kDown, {{prefix + "mlp.Wo", hidden}}, inner, config.mlp_bias}};
}

HeadNames head(const model::EncoderConfig&) { return {"head.dense", false, "head.norm"}; }

void bind_layer(Binder& binder, const model::EncoderConfig& config, size_t index, Layer& layer) {
  const Extent hidden{config.hidden_size, "hidden_size"};
  const std::string prefix = binder.trunk("layers." + std::to_string(index) + ".");
  for (const LinearNames& names : linears(config, index)) {
    binder.linear(names, layer.linear(names.slot));
  }
  if (config.layers[index].attention_norm) {
    binder.norm(prefix + "attn_norm", hidden, config.norm, layer.attention_norm);
  }
  binder.norm(prefix + "mlp_norm", hidden, config.norm, layer.mlp_norm);
}

void bind(Binder& binder, Graph& graph) {
  const model::EncoderConfig& config = graph.config;
  const Extent hidden{config.hidden_size, "hidden_size"};
  binder.table(binder.trunk("embeddings.tok_embeddings"), {config.vocabulary, "vocab_size"}, hidden,
               false, graph.embedding.tokens);
  binder.norm(binder.trunk("embeddings.norm"), hidden, config.norm, graph.embedding.norm);
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    bind_layer(binder, config, i, graph.layers[i]);
  }
  binder.norm(binder.trunk("final_norm"), hidden, config.norm, graph.final_norm);
  bind_head(binder, config, head(config), graph.head);
}

}  // namespace

FamilyNames modernbert_names() { return {&bind, &linears, &head, {"head.", "decoder."}}; }

}  // namespace gatun::encoder
