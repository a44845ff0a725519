// The one description of an encoder: what is computed, in which order, with which weights. Every
// family is mapped to it (families.h); the encoder runs it and knows no family.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "backend/backend.h"
#include "encoder/rotary.h"
#include "model/config.h"
#include "runtime/aligned.h"

namespace gatun::encoder {

using Vector = Aligned<float>;

/// A norm's weights; absent γ means there is no norm here.
struct NormWeights {
  Vector gamma;
  Vector beta;  ///< empty: none
  float epsilon = 0;

  explicit operator bool() const { return gamma.count() > 0; }
  backend::Norm view() const { return {gamma.data(), beta.data(), epsilon}; }
  int64_t bytes() const { return gamma.bytes() + beta.bytes(); }
};

using LinearWeights = std::unique_ptr<backend::Linear>;

/// An embedding table in its stored type, copied: the model keeps no file open.
struct TableWeights {
  Aligned<unsigned char> rows;
  backend::Storage storage = backend::Storage::kF32;
  int64_t count = 0;  ///< 0: the model has no such table
  int64_t width = 0;

  explicit operator bool() const { return count > 0; }
  backend::Table view() const { return {rows.data(), storage, count, width}; }
};

/// x₀ = LN(token[id] + position[p] + type[t]); tables that a family lacks are empty. Positions and
/// types are held in fp32.
struct Embedding {
  TableWeights tokens;
  TableWeights positions;
  TableWeights types;
  NormWeights norm;
};

/// One block: two branches f on the residual stream x, attention and MLP.
///
///   norm position    before branch: x ← x + f(LN(x))     after sum: x ← LN(x + f(x))
///   attention        softmax(scale·rot(q)·rot(k)ᵀ)·v, then `attention_out`
///   MLP              gated: act(u₁) ⊙ u₂ of u = up(·), halves in this order; else act(u); then
///   down
struct Layer {
  NormWeights attention_norm;
  LinearWeights qkv;
  LinearWeights attention_out;
  int64_t window = -1;  ///< −1: every token of the sequence
  int rotary = -1;      ///< index into Graph::rotaries, −1: none
  NormWeights mlp_norm;
  LinearWeights up;
  LinearWeights down;
};

/// Logits: pooled rows (sequence head) or every row (token head) through
/// classifier(LN(act(dense))); a family without dense layer or norm leaves them empty.
struct Head {
  LinearWeights dense;
  backend::Activation activation = backend::Activation::kNone;
  NormWeights norm;
  LinearWeights classifier;
};

struct Graph {
  model::EncoderConfig config;
  Embedding embedding;
  std::vector<Layer> layers;
  NormWeights final_norm;  ///< absent when the layers normalise after their sums
  Head head;
  std::vector<std::unique_ptr<RotaryTables>> rotaries;
  std::vector<Aligned<std::byte>> packed;  ///< what the linear layers look at
  backend::Precision precision = backend::Precision::kF32;
  int64_t parameters = 0;
  int64_t weight_bytes = 0;

  int64_t labels() const { return head.classifier ? head.classifier->outputs() : 0; }
  float attention_scale() const;
};

}  // namespace gatun::encoder
