#include "encoder/encoder.h"

#include <algorithm>
#include <cstring>

namespace gatun::encoder {
namespace {

using backend::Epilogue;
using model::NormPosition;

/// Rows of the MLP and of token heads that are computed at a time, so that their wide intermediate
/// stays small beside the residual stream however long the batch is.
constexpr int64_t kChunkRows = 1024;

int64_t aligned(int64_t floats) { return (floats + 15) / 16 * 16; }

/// Regions of the workspace. H: hidden size, I: inner width of the MLP.
struct Plan {
  int64_t x;        // [tokens, H]: the residual stream
  int64_t qkv;      // [tokens, 3H]; after the last layer: pooled rows and their dense layer
  int64_t context;  // [tokens, H]: attention's output
  int64_t normed;   // [chunk, H]
  int64_t up;       // [chunk, I or 2I]
  int64_t gated;    // [chunk, I], with a gated MLP
  int64_t end;
};

Plan plan(const Graph& graph, int64_t tokens) {
  const model::EncoderConfig& config = graph.config;
  const int64_t chunk = std::min(tokens, kChunkRows);
  const int64_t inner = config.intermediate_size;
  Plan p{};
  int64_t at = 0;
  const auto take = [&at](int64_t floats) {
    const int64_t start = at;
    at += aligned(floats);
    return start;
  };
  p.x = take(tokens * config.hidden_size);
  p.qkv = take(std::max(tokens * 3 * config.hidden_size, 2 * aligned(tokens * config.hidden_size)));
  p.context = take(tokens * config.hidden_size);
  p.normed = take(chunk * config.hidden_size);
  p.up = take(chunk * inner * (config.gated ? 2 : 1));
  p.gated = take(config.gated ? chunk * inner : 0);
  p.end = at;
  return p;
}

/// One forward pass, in the order of the paper.
class Pass {
 public:
  Pass(const Graph& graph, backend::Lane& lane, const Batch& batch, std::span<const Wanted> wanted)
      : graph_(graph),
        config_(graph.config),
        lane_(lane),
        batch_(batch),
        wanted_(wanted),
        tokens_(batch.tokens()),
        hidden_(graph.config.hidden_size) {
    const Plan p = plan(graph, tokens_);
    float* workspace = lane.reserve(p.end);
    x_ = workspace + p.x;
    qkv_ = workspace + p.qkv;
    context_ = workspace + p.context;
    normed_ = workspace + p.normed;
    up_ = workspace + p.up;
    gated_ = workspace + p.gated;
  }

  void run() {
    const size_t needed = layers_needed();
    embed();
    deliver_hidden(0);
    for (size_t i = 0; i < needed; ++i) {
      attention(graph_.layers[i]);
      mlp(graph_.layers[i]);
      deliver_hidden(static_cast<int64_t>(i) + 1);
      deliver_exits(static_cast<int64_t>(i) + 1);
    }
    if (!needs_final()) return;
    if (graph_.final_norm) lane_.norm(graph_.final_norm.view(), x_, tokens_, hidden_, x_);
    deliver_hidden(kFinalLayer);
    deliver_heads();
  }

 private:
  static bool is_final(const Wanted& w) {
    switch (w.kind) {
      case Wanted::Kind::kHidden: return w.layer == kFinalLayer;
      case Wanted::Kind::kEmbedding: return w.layer == kWholeModel;
      case Wanted::Kind::kLogits: return true;
    }
    return true;
  }
  bool needs_final() const { return std::any_of(wanted_.begin(), wanted_.end(), is_final); }

  size_t layers_needed() const {
    if (needs_final()) return graph_.layers.size();
    int64_t last = 0;
    for (const Wanted& w : wanted_) last = std::max(last, w.layer);
    return static_cast<size_t>(last);
  }

  /// x = LN(token[id] + position[p] + type[t])
  void embed() {
    const Embedding& embedding = graph_.embedding;
    lane_.gather(embedding.tokens.view(), batch_.ids, Epilogue::kStore, x_);
    if (embedding.positions) {
      lane_.add_positions(embedding.positions.view(), batch_.offsets, x_);
    }
    if (embedding.types && batch_.types.empty()) {
      lane_.add_row(static_cast<const float*>(embedding.types.view().rows), tokens_, hidden_, x_);
    } else if (embedding.types) {
      lane_.gather(embedding.types.view(), batch_.types, Epilogue::kAccumulate, x_);
    }
    lane_.norm(embedding.norm.view(), x_, tokens_, hidden_, x_);
  }

  /// x ← x + Wo·softmax(scale·rot(q)·rot(k)ᵀ)·v, normalised where the family does
  void attention(const Layer& layer) {
    const int64_t width = 3 * hidden_;
    by_chunks([&](int64_t first, int64_t rows) {
      const float* a = before_branch(layer.attention_norm, first, rows);
      lane_.linear(*layer.qkv, a, rows, Epilogue::kStore, qkv_ + first * width);
    });
    if (layer.rotary >= 0) {
      const auto tables =
          graph_.rotaries[static_cast<size_t>(layer.rotary)]->at_least(longest_sequence());
      lane_.rotate(tables->view(), batch_.offsets, 2 * config_.attention_heads, config_.head_dim(),
                   qkv_, width);
    }
    lane_.attend({qkv_, context_, config_.attention_heads, config_.head_dim(), layer.window,
                  graph_.attention_scale()},
                 batch_.offsets);
    lane_.linear(*layer.attention_out, context_, tokens_, Epilogue::kAccumulate, x_);
    after_sum(layer.attention_norm, 0, tokens_);
  }

  /// x ← x + Wdown·(act(u₁) ⊙ u₂) or x + Wdown·act(u), u = Wup·x, normalised where the family does
  void mlp(const Layer& layer) {
    by_chunks([&](int64_t first, int64_t rows) {
      const float* m = before_branch(layer.mlp_norm, first, rows);
      lane_.linear(*layer.up, m, rows, Epilogue::kStore, up_);
      const float* inner = up_;
      if (config_.gated) {
        lane_.gate(config_.activation, up_, rows, config_.intermediate_size, gated_);
        inner = gated_;
      } else {
        lane_.activate(config_.activation, up_, rows * config_.intermediate_size);
      }
      lane_.linear(*layer.down, inner, rows, Epilogue::kAccumulate, x_ + first * hidden_);
      after_sum(layer.mlp_norm, first, rows);
    });
  }

  /// What a branch reads: LN(x) when norms come first and this branch has one, else x itself.
  const float* before_branch(const NormWeights& norm, int64_t first, int64_t rows) {
    const float* x = x_ + first * hidden_;
    if (config_.norm_position != NormPosition::kBeforeBranch || !norm) return x;
    lane_.norm(norm.view(), x, rows, hidden_, normed_);
    return normed_;
  }

  void after_sum(const NormWeights& norm, int64_t first, int64_t rows) {
    if (config_.norm_position != NormPosition::kAfterSum) return;
    float* x = x_ + first * hidden_;
    lane_.norm(norm.view(), x, rows, hidden_, x);
  }

  void deliver_hidden(int64_t layer) {
    for (const Wanted& w : wanted_) {
      if (w.kind != Wanted::Kind::kHidden || w.layer != layer) continue;
      std::memcpy(w.values, x_, static_cast<size_t>(tokens_ * hidden_) * sizeof(float));
    }
  }

  /// Embeddings of a model that may stop early: the final norm, then pooling, of block `layer`.
  void deliver_exits(int64_t layer) {
    for (const Wanted& w : wanted_) {
      if (w.kind != Wanted::Kind::kEmbedding || w.layer != layer) continue;
      const float* y = x_;
      if (graph_.final_norm) {
        lane_.norm(graph_.final_norm.view(), x_, tokens_, hidden_, context_);
        y = context_;
      }
      embedding(y, w.values);
    }
  }

  void embedding(const float* y, float* values) {
    pool(graph_, lane_, y, batch_.offsets, values);
    if (config_.normalized) lane_.normalize(values, batch_.sequences(), hidden_);
  }

  void deliver_heads() {
    for (const Wanted& w : wanted_) {
      switch (w.kind) {
        case Wanted::Kind::kHidden: break;
        case Wanted::Kind::kEmbedding:
          if (w.layer == kWholeModel) embedding(x_, w.values);
          break;
        case Wanted::Kind::kLogits: logits(w.values); break;
      }
    }
  }

  void logits(float* values) {
    if (config_.head == model::HeadKind::kSequence) {
      float* pooled = qkv_;
      float* dense = qkv_ + aligned(batch_.sequences() * hidden_);
      pool(graph_, lane_, x_, batch_.offsets, pooled);
      classify(graph_, lane_, pooled, batch_.sequences(), dense, values);
      return;
    }
    by_chunks([&](int64_t first, int64_t rows) {
      classify(graph_, lane_, x_ + first * hidden_, rows, normed_,
               values + first * graph_.labels());
    });
  }

  int64_t longest_sequence() const {
    int64_t longest = 0;
    for (size_t i = 0; i + 1 < batch_.offsets.size(); ++i) {
      longest = std::max<int64_t>(longest, batch_.offsets[i + 1] - batch_.offsets[i]);
    }
    return longest;
  }

  template <class Body>
  void by_chunks(const Body& body) {
    for (int64_t first = 0; first < tokens_; first += kChunkRows) {
      body(first, std::min(kChunkRows, tokens_ - first));
    }
  }

  const Graph& graph_;
  const model::EncoderConfig& config_;
  backend::Lane& lane_;
  const Batch& batch_;
  const std::span<const Wanted> wanted_;
  const int64_t tokens_;
  const int64_t hidden_;
  float* x_;
  float* qkv_;
  float* context_;
  float* normed_;
  float* up_;
  float* gated_;
};

}  // namespace

int64_t workspace_floats(const Graph& graph, int64_t tokens) { return plan(graph, tokens).end; }

void encode(const Graph& graph, backend::Lane& lane, const Batch& batch,
            std::span<const Wanted> wanted) {
  Pass(graph, lane, batch, wanted).run();
}

}  // namespace gatun::encoder
