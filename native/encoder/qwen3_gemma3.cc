// Tensor names of Qwen3 (https://arxiv.org/abs/2505.09388) and Gemma 3
// (https://arxiv.org/abs/2503.19786): those of transformers' Qwen3Model and Gemma3TextModel, which
// differ in the norms of a block.
#include "encoder/families.h"

namespace gatun::encoder {
namespace {

std::string block(size_t layer) { return "layers." + std::to_string(layer) + "."; }

std::vector<LinearNames> linears(const model::EncoderConfig& config, size_t layer) {
  const Extent hidden{config.hidden_size, "hidden_size"};
  const Extent inner{config.intermediate_size, "intermediate_size"};
  const Extent queries{config.query_width(), "num_attention_heads·head_dim"};
  const Extent keys{config.key_heads * config.head_dim, "num_key_value_heads·head_dim"};
  const std::string self = block(layer) + "self_attn.";
  const std::string mlp = block(layer) + "mlp.";
  return {{Slot::kQkv,
           {{self + "q_proj", queries}, {self + "k_proj", keys}, {self + "v_proj", keys}},
           hidden,
           config.attention_bias},
          {Slot::kAttentionOut, {{self + "o_proj", hidden}}, queries, config.attention_bias},
          {Slot::kUp,
           {{mlp + "gate_proj", inner}, {mlp + "up_proj", inner}},
           hidden,
           config.mlp_bias,
           {2 * inner.value, 2 * inner.value}},
          {Slot::kDown, {{mlp + "down_proj", hidden}}, inner, config.mlp_bias}};
}

HeadNames head(const model::EncoderConfig&) { return {"", false, "", "score"}; }

/// A norm of a block and its name in the files.
struct BlockNorm {
  const char* name;
  NormWeights Layer::* weights;
};

template <size_t kCount>
void bind(Binder& binder, Graph& graph, const BlockNorm (&norms)[kCount]) {
  const model::EncoderConfig& config = graph.config;
  const Extent hidden{config.hidden_size, "hidden_size"};
  const Extent head{config.head_dim, "head_dim"};
  binder.table(binder.trunk("embed_tokens"), {config.vocabulary, "vocab_size"}, hidden, false,
               graph.embedding.tokens);
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    Layer& layer = graph.layers[i];
    const std::string prefix = binder.trunk(block(i));
    for (const LinearNames& names : linears(config, i)) {
      binder.linear(names, layer.linear(names.slot));
    }
    binder.norm(prefix + "self_attn.q_norm", head, config.norm, layer.query_norm);
    binder.norm(prefix + "self_attn.k_norm", head, config.norm, layer.key_norm);
    for (const BlockNorm& norm : norms) {
      binder.norm(prefix + norm.name, hidden, config.norm, layer.*norm.weights);
    }
  }
  binder.norm(binder.trunk("norm"), hidden, config.norm, graph.final_norm);
}

void bind_qwen3(Binder& binder, Graph& graph) {
  static constexpr BlockNorm kNorms[] = {{"input_layernorm", &Layer::attention_norm},
                                         {"post_attention_layernorm", &Layer::mlp_norm}};
  bind(binder, graph, kNorms);
}

void bind_gemma3(Binder& binder, Graph& graph) {
  static constexpr BlockNorm kNorms[] = {{"input_layernorm", &Layer::attention_norm},
                                         {"post_attention_layernorm", &Layer::attention_out_norm},
                                         {"pre_feedforward_layernorm", &Layer::mlp_norm},
                                         {"post_feedforward_layernorm", &Layer::mlp_out_norm}};
  bind(binder, graph, kNorms);
}

}  // namespace

FamilyNames qwen3_names() { return {&bind_qwen3, &linears, &head, {"lm_head."}}; }

FamilyNames gemma3_names() { return {&bind_gemma3, &linears, &head, {"lm_head."}}; }

}  // namespace gatun::encoder
