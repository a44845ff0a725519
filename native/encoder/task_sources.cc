#include "encoder/task_sources.h"

#include <algorithm>
#include <cstring>

#include "encoder/checker.h"
#include "encoder/weight_view.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using model::Tensor;

int64_t count_of(const Tensor& tensor) {
  int64_t count = 1;
  for (const int64_t extent : *tensor.shape) count *= extent;
  return count;
}

/// "model.safetensors with adapter_model.safetensors".
std::string label_of(const model::Tensors& base, const model::Adapter& adapter) {
  return adapter.tensors.label() + " over " + base.label();
}

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw Failure(ErrorCode::kFormat, file + ": " + what);
}

/// w += scale·B·A. w: [outputs, inputs].
void add_product(const std::vector<float>& a, const std::vector<float>& b, double scale,
                 int64_t rank, int64_t inputs, int64_t outputs, float* w) {
  std::vector<double> row(static_cast<size_t>(inputs));
  for (int64_t o = 0; o < outputs; ++o) {
    std::fill(row.begin(), row.end(), 0.0);
    for (int64_t r = 0; r < rank; ++r) {
      const double factor = scale * double{b[static_cast<size_t>(o * rank + r)]};
      const float* from = a.data() + r * inputs;
      for (int64_t i = 0; i < inputs; ++i) row[static_cast<size_t>(i)] += factor * double{from[i]};
    }
    float* to = w + o * inputs;
    for (int64_t i = 0; i < inputs; ++i) {
      to[i] = static_cast<float>(double{to[i]} + row[static_cast<size_t>(i)]);
    }
  }
}

}  // namespace

TaskSources::TaskSources(const model::EncoderConfig& config, const FamilyNames& names,
                         const Prefixes& prefixes, const model::Tensors& base,
                         const model::Adapter& adapter, const backend::Backend& backend, bool merge)
    : config_(config),
      names_(names),
      prefixes_(prefixes),
      base_(base),
      adapter_(adapter),
      backend_(backend),
      merge_(merge),
      label_(label_of(base, adapter)),
      from_(adapter_prefixes()),
      overlay_(base) {
  for (size_t i = 0; i < config.layers.size(); ++i) {
    for (const LinearNames& linear : names.linears(config, i)) add_layer(i, linear);
  }
  check_layers();
  add_token_types();
  add_head();
  check_saved_modules();
  refuse_unknown();
}

size_t TaskSources::first_adapted() const {
  if (token_types_ > 0) return 0;
  return low_rank_.empty() ? config_.layers.size() : low_rank_.begin()->first.first;
}

int64_t TaskSources::rank_max() const {
  int64_t most = 0;
  for (const auto& [place, name] : low_rank_) most = std::max(most, name.rank);
  return most;
}

int64_t TaskSources::parameters() const {
  int64_t count = 0;
  for (const auto& [name, tensor] : adapter_.tensors.all()) count += count_of(tensor);
  return count;
}

/// The prefixes under which the most of the adapter's modules are known.
Prefixes TaskSources::adapter_prefixes() const {
  Prefixes best;
  int64_t most = -1;
  const HeadNames head = names_.head(config_);
  for (const Prefixes& prefixes : known_prefixes()) {
    int64_t found = 0;
    for (size_t i = 0; i < config_.layers.size(); ++i) {
      for (const LinearNames& linear : names_.linears(config_, i)) {
        for (const LinearPart& part : linear.parts) {
          found += adapter_.low_rank.contains(prefixes.trunk + part.name) ? 1 : 0;
        }
      }
    }
    const std::string dense = (head.dense_in_trunk ? prefixes.trunk : prefixes.head) + head.dense;
    found += adapter_.whole.contains(dense + ".weight") ? 1 : 0;
    if (found <= most) continue;
    most = found;
    best = prefixes;
  }
  return best;
}

std::vector<float> TaskSources::values(const std::string& name, const Tensor& tensor) const {
  const std::optional<backend::Storage> storage = storage_of(tensor);
  if (!storage) {
    refuse(*tensor.file, "tensor " + model::one_line(name, 300) + " has dtype " + *tensor.dtype +
                             "; expected F32, F16 or BF16");
  }
  std::vector<float> all(static_cast<size_t>(count_of(tensor)));
  backend_.widen(*storage, tensor.data, static_cast<int64_t>(all.size()), all.data());
  if (!backend_.all_finite(all.data(), static_cast<int64_t>(all.size()))) {
    refuse(*tensor.file, "tensor " + model::one_line(name, 300) +
                             " holds a value that is not finite (NaN or Inf)");
  }
  return all;
}

std::vector<float> TaskSources::base_values(const std::string& name) const {
  const Tensor* tensor = base_.find(name);
  if (tensor == nullptr) refuse(base_.label(), "missing tensors: " + name);
  return values(name, *tensor);
}

TaskSources::Module TaskSources::module(const std::string& path, const std::string& base,
                                        Extent inputs, Extent outputs) {
  Module module{path, base, nullptr, nullptr, 0, 0, outputs};
  const auto bias = adapter_.whole.find(path + ".bias");
  if (bias != adapter_.whole.end() && adapter_.config && adapter_.config->bias) {
    module.bias = bias->second;
    used_.insert(bias->first);
  }
  const auto found = adapter_.low_rank.find(path);
  if (found != adapter_.low_rank.end()) {
    module.factors = &found->second;
    module.rank = adapter_.config->rank(path);
    module.scale = adapter_.config->scale(path);
    used_.insert(path);
    check_shapes(module, inputs);
  }
  check_target(module);
  return module;
}

/// A kind of layer that is chosen but has no factors anywhere is left as it is, as PEFT leaves it:
/// "Wo" chooses mlp.Wo too. Factors that the configuration does not ask for would be ignored there.
void TaskSources::check_target(const Module& module) const {
  if (module.factors == nullptr || adapter_.config->targets(module.path).value_or(true)) return;
  refuse(model::kAdapterConfigFile,
         "target_modules does not choose " + module.path + ", but there are factors for it");
}

/// PEFT only warns of factors that are missing, and computes another model than was trained.
void TaskSources::check_layers() const {
  if (!adapter_.config) return;
  if (adapter_.low_rank.empty()) {
    refuse(model::kAdapterFile, "holds no lora_A and lora_B, so it would change no layer");
  }
  std::set<std::pair<size_t, size_t>> adapted;
  std::map<std::pair<size_t, size_t>, std::string> missing;
  for (size_t i = 0; i < config_.layers.size(); ++i) {
    const std::vector<LinearNames> linears = names_.linears(config_, i);
    for (size_t l = 0; l < linears.size(); ++l) {
      for (size_t p = 0; p < linears[l].parts.size(); ++p) {
        const std::string path = from_.trunk + linears[l].parts[p].name;
        if (adapter_.low_rank.contains(path)) {
          adapted.insert({l, p});
        } else if (adapter_.config->targets(path).value_or(false)) {
          missing.try_emplace({l, p}, path);
        }
      }
    }
  }
  for (const auto& [kind, path] : missing) {
    if (!adapted.contains(kind)) continue;
    refuse(model::kAdapterFile, path + ".lora_A.weight and lora_B.weight are missing, but " +
                                    "target_modules chooses this layer, as others of its kind");
  }
}

void TaskSources::check_shapes(const Module& module, Extent inputs) const {
  const Extent outputs = module.outputs;
  const Tensor& a = *module.factors->a;
  const Tensor& b = *module.factors->b;
  const auto fail = [&](const char* factor, int64_t found, Extent expected) {
    refuse(model::kAdapterFile,
           module.path + "." + factor + ".weight has the wrong shape: " + std::to_string(found) +
               (factor[5] == 'A' ? " inputs" : " outputs") + ", but the base has " +
               std::to_string(expected.value) + " = " + std::string(expected.source));
  };
  if (a.shape->back() != inputs.value) fail("lora_A", a.shape->back(), inputs);
  if (b.shape->front() != outputs.value) fail("lora_B", b.shape->front(), outputs);
  const Tensor* bias = module.factors->b_bias;
  if (bias != nullptr && *bias->shape != std::vector<int64_t>{outputs.value}) {
    refuse(model::kAdapterFile, module.path + ".lora_B.bias has the wrong shape; expected [" +
                                    std::to_string(outputs.value) + "]");
  }
  if (module.bias != nullptr && *module.bias->shape != std::vector<int64_t>{outputs.value}) {
    refuse(model::kAdapterFile, module.path + ".bias has the wrong shape; expected [" +
                                    std::to_string(outputs.value) + "]");
  }
}

void TaskSources::add_layer(size_t layer, const LinearNames& names) {
  std::vector<Module> modules;
  bool adapted = false;
  for (const LinearPart& part : names.parts) {
    modules.push_back(
        module(from_.trunk + part.name, prefixes_.trunk + part.name, names.inputs, part.outputs));
    adapted = adapted || modules.back().factors != nullptr;
    if (modules.back().bias != nullptr && modules.back().factors == nullptr) {
      throw Failure(ErrorCode::kUnsupported,
                    std::string(model::kAdapterFile) + ": " + modules.back().path +
                        ".bias is not supported: only biases of adapted layers are");
    }
  }
  if (!adapted) return;
  add_factors(layer, names, modules);
  if (!merge_) return;
  for (const Module& m : modules) merge(m, names.inputs, names.bias);
}

void TaskSources::add_factors(size_t layer, const LinearNames& names,
                              const std::vector<Module>& modules) {
  LowRankName name;
  const std::string place = prefixes_.trunk + names.parts.front().name;
  name.down = place + ".lora_A";
  name.up = place + ".lora_B";
  for (const Module& m : modules) {
    name.rank += m.factors == nullptr ? 0 : m.rank;
    name.bias =
        name.bias || m.bias != nullptr || (m.factors != nullptr && m.factors->b_bias != nullptr);
  }
  const int64_t inputs = names.inputs.value;
  const int64_t outputs = names.outputs();
  float* down = overlay_.add(name.down + ".weight", {name.rank, inputs}, model::kAdapterFile);
  float* up = overlay_.add(name.up + ".weight", {outputs, name.rank}, model::kAdapterFile);
  int64_t first = 0;
  for (const Module& m : modules) {
    float* own = up;
    up += m.outputs.value * name.rank;
    if (m.factors == nullptr) continue;
    const std::vector<float> a = values(m.path + ".lora_A.weight", *m.factors->a);
    const std::vector<float> b = values(m.path + ".lora_B.weight", *m.factors->b);
    std::copy(a.begin(), a.end(), down + first * inputs);
    for (int64_t o = 0; o < m.outputs.value; ++o) {
      for (int64_t r = 0; r < m.rank; ++r) {
        own[o * name.rank + first + r] =
            static_cast<float>(m.scale * double{b[static_cast<size_t>(o * m.rank + r)]});
      }
    }
    first += m.rank;
  }
  if (name.bias) {
    add_bias(modules, overlay_.add(name.up + ".bias", {outputs}, model::kAdapterFile));
  }
  low_rank_[{layer, names.slot}] = name;
}

/// What a task adds to the trunk's bias: scale·bias of B, and replacement − trunk's.
void TaskSources::add_bias(const std::vector<Module>& modules, float* sums) const {
  for (const Module& m : modules) {
    if (m.factors != nullptr && m.factors->b_bias != nullptr) {
      const std::vector<float> bias = values(m.path + ".lora_B.bias", *m.factors->b_bias);
      for (size_t i = 0; i < bias.size(); ++i) {
        sums[i] += static_cast<float>(m.scale * double{bias[i]});
      }
    }
    if (m.bias != nullptr) {
      const std::vector<float> now = values(m.path + ".bias", *m.bias);
      const std::vector<float> before = base_values(m.base + ".bias");
      for (size_t i = 0; i < now.size(); ++i) sums[i] += now[i] - before[i];
    }
    sums += m.outputs.value;
  }
}

void TaskSources::merge(const Module& m, Extent inputs, bool bias) {
  if (m.factors == nullptr) return;
  const Extent outputs = m.outputs;
  const std::vector<float> before = base_values(m.base + ".weight");
  const std::vector<int64_t> shape = {outputs.value, inputs.value};
  if (*base_.find(m.base + ".weight")->shape != shape) {
    refuse(base_.label(), "tensor " + m.base + ".weight has changed its shape");
  }
  float* w = overlay_.add(m.base + ".weight", shape, model::kAdapterFile);
  std::copy(before.begin(), before.end(), w);
  add_product(values(m.path + ".lora_A.weight", *m.factors->a),
              values(m.path + ".lora_B.weight", *m.factors->b), m.scale, m.rank, inputs.value,
              outputs.value, w);
  if (m.bias == nullptr && m.factors->b_bias == nullptr) return;
  if (!bias) {
    throw Failure(ErrorCode::kUnsupported,
                  std::string(model::kAdapterFile) + ": " + m.path +
                      ": a bias where the base has none is not supported in merged form");
  }
  const std::vector<float> b = base_values(m.base + ".bias");
  float* sums = overlay_.add(m.base + ".bias", {outputs.value}, model::kAdapterFile);
  std::copy(b.begin(), b.end(), sums);
  add_bias({m}, sums);
}

/// Token types are added before the first layer, so a task with its own shares none.
void TaskSources::add_token_types() {
  if (names_.token_types.empty()) return;
  const std::string name = names_.token_types + ".weight";
  const auto found = adapter_.whole.find(from_.trunk + name);
  if (found == adapter_.whole.end()) return;
  const std::vector<int64_t>& shape = *found->second->shape;
  if (shape.size() != 2 || shape.front() < 1) {
    refuse(*found->second->file, model::one_line(found->first, 300) + " is not a table");
  }
  token_types_ = shape.front();
  replace(found->first, prefixes_.trunk + name);
}

void TaskSources::add_head() {
  if (config_.head == model::HeadKind::kNone) return;
  const Extent hidden{config_.hidden_size, "hidden_size"};
  const HeadNames head = names_.head(config_);
  if (!head.dense.empty()) {
    const bool in_trunk = head.dense_in_trunk;
    add_head_linear((in_trunk ? from_.trunk : from_.head) + head.dense,
                    (in_trunk ? prefixes_.trunk : prefixes_.head) + head.dense, hidden,
                    config_.classifier_bias);
  }
  if (!head.norm.empty()) {
    for (const char* parameter : {".weight", ".bias"}) {
      replace(from_.head + head.norm + parameter, prefixes_.head + head.norm + parameter);
    }
  }
  const auto rows = adapter_.whole.find(from_.head + head.classifier + ".weight");
  const bool own = rows != adapter_.whole.end() && rows->second->shape->size() == 2;
  const int64_t labels =
      own ? rows->second->shape->front() : matrix_rows(base_, prefixes_.head + head.classifier);
  add_head_linear(from_.head + head.classifier, prefixes_.head + head.classifier,
                  {labels, "labels"}, true);
}

/// A layer of the head is small and the task's own, so an adapter of it is merged at once.
void TaskSources::add_head_linear(const std::string& path, const std::string& base, Extent outputs,
                                  bool bias) {
  const Extent inputs{config_.hidden_size, "hidden_size"};
  replace(path + ".weight", base + ".weight");
  replace(path + ".bias", base + ".bias");
  if (!adapter_.low_rank.contains(path)) return;
  merge(module(path, base, inputs, outputs), inputs, bias);
}

void TaskSources::replace(const std::string& path, const std::string& base) {
  const auto found = adapter_.whole.find(path);
  if (found == adapter_.whole.end()) return;
  used_.insert(path);
  overlay_.replace(base, *found->second);
}

/// What the adapter would call a tensor of the checkpoint; empty when it is in neither part.
std::string TaskSources::adapter_path(const std::string& name) const {
  const HeadNames head = names_.head(config_);
  if (name.starts_with(prefixes_.head)) {
    const std::string rest = name.substr(prefixes_.head.size());
    const auto is = [&](const std::string& module) {
      return !module.empty() && rest.starts_with(module + ".");
    };
    if (is(head.classifier) || is(head.norm) || (!head.dense_in_trunk && is(head.dense))) {
      return from_.head + rest;
    }
  }
  if (!name.starts_with(prefixes_.trunk)) return "";
  return from_.trunk + name.substr(prefixes_.trunk.size());
}

/// What modules_to_save names among the modules that this engine computes has to be there.
void TaskSources::check_saved_modules() const {
  if (!adapter_.config) return;
  for (const auto& [name, tensor] : base_.all()) {
    const std::string path = adapter_path(name);
    if (path.empty()) continue;
    if (adapter_.whole.contains(path)) continue;
    for (size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
      const std::string_view module = std::string_view(path).substr(0, dot);
      for (const std::string& saved : adapter_.config->modules_to_save) {
        if (saved.empty() || !module.ends_with(saved) || path.starts_with("decoder.") ||
            path.starts_with("cls.")) {
          continue;
        }
        refuse(model::kAdapterConfigFile, "modules_to_save names " + model::one_line(saved, 200) +
                                              ", but " + path + " is missing from " +
                                              model::kAdapterFile);
      }
    }
  }
}

void TaskSources::refuse_unknown() const {
  for (const auto& [path, factors] : adapter_.low_rank) {
    if (used_.contains(path)) continue;
    refuse(model::kAdapterFile,
           model::one_line(path, 300) + " is not in the base model: no such linear layer there");
  }
  for (const auto& [path, tensor] : adapter_.whole) {
    if (used_.contains(path)) continue;
    refuse(adapter_.tensors.label(),
           "tensor " + model::one_line(path, 300) +
               " is unknown: it is no part of the base model's head and no table of token "
               "types, and other modules that are saved whole are not supported");
  }
}

}  // namespace gatun::encoder
