// Compares a checkpoint with the weights that a family expects.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "encoder/binder.h"
#include "model/tensors.h"

namespace gatun::encoder {

/// How a tensor is stored, if it can be a weight.
std::optional<backend::Storage> storage_of(const model::Tensor& tensor);

/// name.weight, or name.gamma where older files say so; likewise name.bias or name.beta.
std::string norm_weight(const model::Tensors& tensors, const std::string& name);
std::string norm_bias(const model::Tensors& tensors, const std::string& name);

/// Rows of the matrix name.weight, or 0 when there is none.
int64_t matrix_rows(const model::Tensors& tensors, const std::string& name);

/// Looks at names, types and shapes only and collects every problem; binds nothing. A checkpoint
/// that passes holds everything a Loader asks for.
class Checker : public Binder {
 public:
  Checker(const model::Tensors& tensors, Prefixes prefixes);

  void norm(const std::string& name, Extent width, const model::NormForm& form,
            NormWeights& weights) override;
  void table(const std::string& name, Extent count, Extent width, bool widen,
             TableWeights& weights) override;
  int64_t rows(const std::string& name) const override { return matrix_rows(tensors_, name); }

  /// Throws one Failure for everything that was found: missing tensors, wrong types and shapes,
  /// then tensors that the graph does not use and that do not start with one of `known_extras`
  /// (behind either prefix).
  void finish(const std::vector<std::string>& known_extras) const;

  /// The same for missing tensors, wrong types and shapes alone.
  void refuse_problems() const;

  size_t missing() const { return missing_.size(); }

 protected:
  void layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
             const backend::LinearForm& form, LinearWeights& weights) override;

 private:
  std::string problems() const;
  void look(const std::string& name, std::initializer_list<Extent> shape);
  bool is_known_extra(std::string_view name, const std::vector<std::string>& known) const;

  const model::Tensors& tensors_;
  std::vector<std::string> missing_;
  std::vector<std::string> wrong_;
  std::vector<std::string> used_;
};

}  // namespace gatun::encoder
