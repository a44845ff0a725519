// Turns named tensors of a checkpoint into the weights of a graph.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.h"
#include "encoder/graph.h"
#include "model/tensors.h"

namespace gatun::encoder {

/// An expected extent of a tensor and the words of the configuration it comes from.
struct Extent {
  int64_t value;
  std::string_view source;
};

/// A family names its tensors by calls to the functions below, once on a checking binder, which
/// only looks at names, types and shapes and collects every problem, and once on a loading binder,
/// which copies. Nothing is allocated before everything has been checked.
class Binder {
 public:
  enum class Mode { kCheck, kLoad };

  /// Names of the trunk are looked up behind `trunk_prefix`, names of the head behind
  /// `head_prefix`.
  Binder(const model::Tensors& tensors, const backend::Backend& backend,
         backend::Precision precision, Mode mode, std::string trunk_prefix,
         std::string head_prefix);

  /// Full name of a tensor of the trunk or head.
  std::string trunk(std::string_view name) const { return trunk_prefix_ + std::string(name); }
  std::string head(std::string_view name) const { return head_prefix_ + std::string(name); }

  /// name.weight [width] (older files: name.gamma) and, with `bias`, name.bias (name.beta).
  void norm(const std::string& name, Extent width, bool bias, float epsilon, NormWeights& weights);
  /// name.weight [outputs, inputs] and, with `bias`, name.bias [outputs]; several names become one
  /// layer with their outputs side by side.
  void linear(std::initializer_list<std::string> names, Extent inputs, Extent outputs, bool bias,
              LinearWeights& weights);
  /// The same for a layer that stays in fp32 whatever the model's precision.
  void exact_linear(std::initializer_list<std::string> names, Extent inputs, Extent outputs,
                    bool bias, LinearWeights& weights);
  /// name.weight [count, width]; `widen`: held in fp32 whatever was stored.
  void table(const std::string& name, Extent count, Extent width, bool widen,
             TableWeights& weights);
  /// Rows of name.weight, or 0 when there is no such matrix.
  int64_t rows(const std::string& name) const;

  /// Throws one Failure for everything that the checks found: missing tensors, wrong types and
  /// shapes, then tensors that the graph does not use and that do not start with one of
  /// `known_extras` (behind either prefix).
  void finish(const std::vector<std::string>& known_extras) const;

  size_t missing() const { return missing_.size(); }
  int64_t parameters() const { return parameters_; }
  int64_t bytes() const { return bytes_; }
  /// What the linear layers of the graph look at; has to outlive it.
  std::vector<Aligned<std::byte>> packed() { return std::move(packed_); }

 private:
  /// The tensor if its type and shape are right; null otherwise.
  const model::Tensor* take(const std::string& name, std::initializer_list<Extent> shape);
  void linear(std::initializer_list<std::string> names, Extent inputs, Extent outputs, bool bias,
              backend::Precision precision, LinearWeights& weights);
  /// Copies a tensor as fp32; refuses values that are not finite.
  void copy(const std::string& name, const model::Tensor& tensor, int64_t count, float* values);
  void refuse_non_finite(const std::string& name, const model::Tensor& tensor, int64_t count);
  bool is_known_extra(std::string_view name, const std::vector<std::string>& known) const;

  const model::Tensors& tensors_;
  const backend::Backend& backend_;
  const backend::Precision precision_;
  const Mode mode_;
  const std::string trunk_prefix_;
  const std::string head_prefix_;
  std::vector<std::string> missing_;
  std::vector<std::string> wrong_;
  std::vector<std::string> used_;
  std::vector<Aligned<std::byte>> packed_;
  int64_t parameters_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace gatun::encoder
