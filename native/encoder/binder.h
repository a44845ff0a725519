// How a family names the weights of its graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.h"
#include "encoder/graph.h"

namespace gatun::encoder {

/// An expected extent of a tensor and the words of the configuration it comes from.
struct Extent {
  int64_t value;
  std::string_view source;
};

/// A matrix name.weight [outputs, inputs] and, with a bias, name.bias [outputs].
struct LinearPart {
  std::string name;
  Extent outputs;
};

/// Where one linear layer of a block is stored: behind the trunk's prefix, in parts whose outputs
/// lie side by side.
struct LinearNames {
  Slot slot;
  std::vector<LinearPart> parts;
  Extent inputs;
  bool bias;
  backend::Pairs pairs = {};  ///< of the outputs of all parts

  int64_t outputs() const { return outputs_of(parts); }
  static int64_t outputs_of(const std::vector<LinearPart>& parts) {
    int64_t sum = 0;
    for (const LinearPart& part : parts) sum += part.outputs.value;
    return sum;
  }

  /// How the layer is held at a precision. In int8 what a norm feeds is smoothed, and the last
  /// layer of a block keeps outstanding inputs apart: measured, see docs/precision.md.
  backend::LinearForm form(backend::Precision precision) const {
    const bool int8 = precision == backend::Precision::kInt8;
    return {precision, pairs, int8 && (slot == Slot::kQkv || slot == Slot::kUp),
            int8 && slot == Slot::kDown};
  }
};

/// Prefixes that a checkpoint's writer put before the names of the trunk and of the head.
struct Prefixes {
  std::string trunk;
  std::string head;
};

/// A family states each weight of a graph by one call of the functions below. What that does is the
/// binder's affair: a Checker compares a checkpoint with it, a Loader reads and packs the
/// checkpoint, a Mapper finds what a Loader packed before.
class Binder {
 public:
  virtual ~Binder() = default;

  /// Full name of a tensor of the trunk or head.
  std::string trunk(std::string_view name) const { return prefixes_.trunk + std::string(name); }
  std::string head(std::string_view name) const { return prefixes_.head + std::string(name); }

  /// name.weight [width] (older files: name.gamma) and, with a bias, name.bias (name.beta).
  virtual void norm(const std::string& name, Extent width, const model::NormForm& form,
                    NormWeights& weights) = 0;
  /// A layer of a block, its parts' outputs side by side. Its precision is the model's.
  void linear(const LinearNames& names, LinearWeights& weights) {
    std::vector<LinearPart> parts = names.parts;
    for (LinearPart& part : parts) part.name = trunk(part.name);
    layer(parts, names.inputs, names.bias, names.form(precision_), weights);
  }
  /// One matrix, in fp32 whatever the model's precision.
  void exact_linear(const std::string& name, Extent inputs, Extent outputs, bool bias,
                    LinearWeights& weights) {
    layer({{name, outputs}}, inputs, bias, {}, weights);
  }
  /// name.weight [count, width]; `widen`: held in fp32 whatever was stored and whatever the
  /// precision.
  virtual void table(const std::string& name, Extent count, Extent width, bool widen,
                     TableWeights& weights) = 0;
  /// Rows of the matrix name.weight, or 0 when there is none.
  virtual int64_t rows(const std::string& name) const = 0;

 protected:
  Binder(backend::Precision precision, Prefixes prefixes)
      : precision_(precision), prefixes_(std::move(prefixes)) {}

  virtual void layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
                     const backend::LinearForm& form, LinearWeights& weights) = 0;

  const Prefixes& prefixes() const { return prefixes_; }
  backend::Precision precision() const { return precision_; }

 private:
  const backend::Precision precision_;
  const Prefixes prefixes_;
};

}  // namespace gatun::encoder
