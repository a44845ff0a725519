// Where the weights of a task come from: the trunk's checkpoint with an adapter laid over it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backend/backend.h"
#include "encoder/families.h"
#include "encoder/overlay.h"
#include "model/adapter.h"

namespace gatun::encoder {

/// The factors of one linear layer among the tensors, under names of their own.
struct LowRankName {
  std::string down;  ///< [rank, inputs]
  std::string up;    ///< [outputs, rank], scaled; with `bias` what is added to the trunk's bias
  int64_t rank = 0;
  bool bias = false;
};

/// Checks an adapter against its trunk and works out the tensors of the task: parts that are one
/// layer in the graph become one pair of factors (A stacked, B block by block), head modules are
/// replaced or merged, and with `merge` so are the adapted layers.
class TaskSources {
 public:
  /// `config` is the task's. Everything is borrowed. Throws Failure.
  TaskSources(const model::EncoderConfig& config, const FamilyNames& names,
              const Prefixes& prefixes, const model::Tensors& base, const model::Adapter& adapter,
              const backend::Backend& backend, bool merge);

  bool adapts(size_t layer, Slot slot) const { return low_rank_.contains({layer, slot}); }
  const LowRankName& low_rank(size_t layer, Slot slot) const { return low_rank_.at({layer, slot}); }
  model::Tensors tensors() const { return overlay_.tensors(label_); }

  /// The lowest adapted layer, or the number of layers; the first one with token types of its own.
  size_t first_adapted() const;
  /// Rows of the table of token types that replaces the trunk's; 0: none does.
  int64_t token_types() const { return token_types_; }
  int64_t rank_max() const;
  int64_t parameters() const;

 private:
  /// The adapter's factors for one module, checked, or none.
  struct Module {
    std::string path;  ///< as the adapter calls it
    std::string base;  ///< as the checkpoint calls it
    const model::LowRankSource* factors = nullptr;
    const model::Tensor* bias = nullptr;  ///< a replacement
    double scale = 0;
    int64_t rank = 0;
    Extent outputs;
  };

  Prefixes adapter_prefixes() const;
  Module module(const std::string& path, const std::string& base, Extent inputs, Extent outputs);
  void check_target(const Module& module) const;
  void check_layers() const;
  void check_shapes(const Module& module, Extent inputs) const;
  void add_layer(size_t layer, const LinearNames& names);
  void add_factors(size_t layer, const LinearNames& names, const std::vector<Module>& modules);
  void add_bias(const std::vector<Module>& modules, float* values) const;
  void merge(const Module& module, Extent inputs, bool bias);
  void add_token_types();
  void add_head();
  void add_head_linear(const std::string& path, const std::string& base, Extent outputs, bool bias);
  void replace(const std::string& path, const std::string& base);
  std::string adapter_path(const std::string& name) const;
  void check_saved_modules() const;
  void refuse_unknown() const;

  std::vector<float> values(const std::string& name, const model::Tensor& tensor) const;
  std::vector<float> base_values(const std::string& name) const;

  const model::EncoderConfig& config_;
  const FamilyNames& names_;
  const Prefixes& prefixes_;
  const model::Tensors& base_;
  const model::Adapter& adapter_;
  const backend::Backend& backend_;
  const bool merge_;
  const std::string label_;
  const Prefixes from_;  // the adapter's own prefixes
  Overlay overlay_;
  std::map<std::pair<size_t, Slot>, LowRankName> low_rank_;
  int64_t token_types_ = 0;
  std::set<std::string, std::less<>> used_;
};

}  // namespace gatun::encoder
