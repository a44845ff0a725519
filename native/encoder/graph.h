// The one description of an encoder: what is computed, in which order, with which weights. Every
// family is mapped to it (families.h); the encoder runs it and knows no family.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "backend/backend.h"
#include "encoder/rotary.h"
#include "model/config.h"
#include "weights/memory.h"

namespace gatun::encoder {

/// A norm's weights, views of the graph's memory; without γ there is no norm here.
struct NormWeights {
  const float* gamma = nullptr;
  const float* beta = nullptr;  ///< null: none
  float epsilon = 0;
  model::NormKind kind = model::NormKind::kLayerNorm;

  explicit operator bool() const { return gamma != nullptr; }
  backend::Norm view() const { return {gamma, beta, epsilon, kind}; }
};

using LinearWeights = std::unique_ptr<backend::Linear>;

/// An embedding table, a view of the graph's memory: in the type it was stored in, but fp32 as bf16
/// when layers multiply in bf16, and always as int8 when they do in int8.
struct TableWeights {
  const std::byte* rows = nullptr;
  backend::RowForm form = backend::RowForm::kF32;
  int64_t count = 0;  ///< 0: the model has no such table
  int64_t width = 0;

  explicit operator bool() const { return count > 0; }
  backend::Table view() const { return {rows, form, count, width}; }
};

/// x₀ = N(scale·token[id] + position[p] + type[t]); tables and a norm that a family lacks are
/// empty. Positions and types are held in fp32.
struct Embedding {
  TableWeights tokens;
  TableWeights positions;
  TableWeights types;
  NormWeights norm;
};

/// The linear layers of a block, in the order in which they are computed.
enum class Slot { kQkv, kAttentionOut, kUp, kDown };
inline constexpr size_t kSlots = 4;

/// One block: two branches f on the residual stream x, attention and MLP.
///
///   norm position    before branch: x ← x + f(N(x))     after sum: x ← N(x + f(x))
///                    around branch: x ← x + N'(f(N(x)))
///   attention        softmax(scale·rot(q)·rot(k)ᵀ)·v, then `attention_out`; q and k are normalised
///                    head by head where there are norms for them
///   MLP              gated: act(u₁) ⊙ u₂ of u = up(·), halves in this order; else act(u); then
///   down
struct Layer {
  NormWeights attention_norm;
  LinearWeights qkv;
  NormWeights query_norm;
  NormWeights key_norm;
  LinearWeights attention_out;
  NormWeights attention_out_norm;  ///< N', around branches
  model::Window window;
  int rotary = -1;  ///< index into Graph::rotaries, −1: none
  NormWeights mlp_norm;
  LinearWeights up;
  LinearWeights down;
  NormWeights mlp_out_norm;  ///< N', around branches

  LinearWeights& linear(Slot slot) { return this->*member(slot); }
  const LinearWeights& linear(Slot slot) const { return this->*member(slot); }

 private:
  static LinearWeights Layer::* member(Slot slot) {
    switch (slot) {
      case Slot::kQkv: return &Layer::qkv;
      case Slot::kAttentionOut: return &Layer::attention_out;
      case Slot::kUp: return &Layer::up;
      case Slot::kDown: break;
    }
    return &Layer::down;
  }
};

/// Logits: pooled rows (sequence head) or every row (token head) through
/// classifier(LN(act(dense))); a family without dense layer or norm leaves them empty.
struct Head {
  LinearWeights dense;
  backend::Activation activation = backend::Activation::kNone;
  NormWeights norm;
  LinearWeights classifier;

  int64_t labels() const { return classifier ? classifier->outputs() : 0; }
};

struct Graph {
  model::EncoderConfig config;
  Embedding embedding;
  std::vector<Layer> layers;
  NormWeights final_norm;            ///< absent when the layers normalise after their sums
  std::vector<LinearWeights> dense;  ///< of EncoderConfig::dense
  Head head;
  std::vector<std::unique_ptr<RotaryTables>> rotaries;
  weights::Memory memory;                     ///< what all weights are views of
  const backend::Backend* backend = nullptr;  ///< that packed the weights
  backend::Precision precision = backend::Precision::kF32;
  int64_t parameters = 0;

  int64_t labels() const { return head.labels(); }
};

}  // namespace gatun::encoder
