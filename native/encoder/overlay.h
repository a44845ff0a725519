// A checkpoint with some of its tensors replaced.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "model/tensors.h"
#include "runtime/aligned.h"

namespace gatun::encoder {

/// Replacements are views of other checkpoints or values of its own. All have to outlive what
/// tensors() returns.
class Overlay {
 public:
  explicit Overlay(const model::Tensors& base) : views_(base.all()) {}
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  void replace(const std::string& name, const model::Tensor& tensor) {
    views_.insert_or_assign(name, tensor);
  }
  /// A tensor of fp32 zeros to fill in; `file` stands for its origin in messages.
  float* add(const std::string& name, std::vector<int64_t> shape, const std::string& file);

  model::Tensors tensors(std::string label) const { return {views_, std::move(label)}; }

 private:
  struct Own {
    std::string file;
    std::vector<int64_t> shape;
    Aligned<float> values;
  };

  std::map<std::string, model::Tensor, std::less<>> views_;
  std::deque<Own> own_;
};

}  // namespace gatun::encoder
