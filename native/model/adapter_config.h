// adapter_config.json of a PEFT LoRA adapter (https://github.com/huggingface/peft), validated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/folder.h"
#include "model/pattern.h"

namespace gatun::model {

/// A list of module names, each standing for itself and for every path that ends with it, or an
/// expression for whole paths. Neither: not stated.
struct ModuleChoice {
  std::vector<std::string> names;
  std::optional<Pattern> expression;

  bool stated() const { return expression || !names.empty(); }
  bool includes(std::string_view path) const;
};

/// What an adapter changes and by how much: ΔW = scale·B·A.
class AdapterConfig {
 public:
  /// Head that the adapter was trained with; nothing when the base's own is kept.
  std::optional<HeadKind> head;
  std::vector<std::string> modules_to_save;
  /// Saved biases replace the base's.
  bool bias = false;

  /// Rank of the adapter at a module path, 1 or more: r, or what rank_pattern says.
  int64_t rank(std::string_view path) const;
  /// α/r there, or α/√r with use_rslora (https://arxiv.org/abs/2312.03732).
  double scale(std::string_view path) const;
  /// Whether the configuration puts an adapter there; nothing when it does not say.
  std::optional<bool> targets(std::string_view path) const;

 private:
  friend AdapterConfig read_adapter_config(const Folder& folder);

  template <class Value>
  using ByPath = std::vector<std::pair<Pattern, Value>>;

  int64_t r_ = 0;
  double alpha_ = 0;
  bool rank_stabilized_ = false;
  ByPath<int64_t> ranks_;
  ByPath<double> alphas_;
  ModuleChoice target_modules_;
  ModuleChoice exclude_modules_;
  std::vector<int64_t> layers_;
  std::vector<Pattern> layer_patterns_;  // of what stands before a layer's number
  bool every_linear_ = false;
};

inline constexpr char kAdapterConfigFile[] = "adapter_config.json";

/// Throws Failure as read_config() does: ErrorCode::kUnsupported for every kind of adapter whose
/// arithmetic is another one (DoRA, IA³, PiSSA without its own base, …).
AdapterConfig read_adapter_config(const Folder& folder);

}  // namespace gatun::model
