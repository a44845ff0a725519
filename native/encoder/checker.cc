#include "encoder/checker.h"

#include <algorithm>
#include <optional>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using backend::Storage;
using model::Tensor;

constexpr size_t kListBytes = 1500;  // of a list in a message

/// "a, b, c and 7 more".
std::string list(const std::vector<std::string>& names, std::string_view separator) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string name = model::one_line(names[i], 400);
    if (text.size() + name.size() > kListBytes) {
      return text + " and " + std::to_string(names.size() - i) + " more";
    }
    if (i > 0) text += separator;
    text += name;
  }
  return text;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + "]";
}

std::string shape_text(std::initializer_list<Extent> shape) {
  std::string text = "[";
  for (const Extent& extent : shape) {
    text += (text.size() == 1 ? "" : ", ") + std::to_string(extent.value) + " = " +
            std::string(extent.source);
  }
  return text + "]";
}

/// name + `now`, unless only name + `formerly` is there.
std::string either(const model::Tensors& tensors, const std::string& name, const char* now,
                   const char* formerly) {
  const bool old = tensors.find(name + now) == nullptr && tensors.find(name + formerly) != nullptr;
  return name + (old ? formerly : now);
}

}  // namespace

std::optional<Storage> storage_of(const Tensor& tensor) {
  if (*tensor.dtype == "F32") return Storage::kF32;
  if (*tensor.dtype == "F16") return Storage::kF16;
  if (*tensor.dtype == "BF16") return Storage::kBf16;
  return std::nullopt;
}

std::string norm_weight(const model::Tensors& tensors, const std::string& name) {
  return either(tensors, name, ".weight", ".gamma");
}

std::string norm_bias(const model::Tensors& tensors, const std::string& name) {
  return either(tensors, name, ".bias", ".beta");
}

int64_t matrix_rows(const model::Tensors& tensors, const std::string& name) {
  const Tensor* tensor = tensors.find(name + ".weight");
  return tensor == nullptr || tensor->shape->size() != 2 ? 0 : tensor->shape->front();
}

Checker::Checker(const model::Tensors& tensors, Prefixes prefixes)
    : Binder(backend::Precision::kF32, std::move(prefixes)), tensors_(tensors) {}

void Checker::look(const std::string& name, std::initializer_list<Extent> shape) {
  const Tensor* tensor = tensors_.find(name);
  if (tensor == nullptr) {
    missing_.push_back(name);
    return;
  }
  used_.push_back(name);
  if (!storage_of(*tensor)) {
    wrong_.push_back("tensor " + name + " has dtype " + *tensor->dtype +
                     "; expected F32, F16 or BF16");
    return;
  }
  const bool same =
      std::equal(shape.begin(), shape.end(), tensor->shape->begin(), tensor->shape->end(),
                 [](const Extent& a, int64_t b) { return a.value == b; });
  if (!same) {
    wrong_.push_back("tensor " + name + " has shape " + shape_text(*tensor->shape) + "; expected " +
                     shape_text(shape) + " from config.json");
  }
}

void Checker::norm(const std::string& name, Extent width, const model::NormForm& form,
                   NormWeights&) {
  look(norm_weight(tensors_, name), {width});
  if (form.bias) look(norm_bias(tensors_, name), {width});
}

void Checker::layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
                    const backend::LinearForm&, LinearWeights&) {
  for (const LinearPart& part : parts) {
    look(part.name + ".weight", {part.outputs, inputs});
    if (bias) look(part.name + ".bias", {part.outputs});
  }
}

void Checker::table(const std::string& name, Extent count, Extent width, bool, TableWeights&) {
  look(name + ".weight", {count, width});
}

std::string Checker::problems() const {
  std::string message;
  if (!missing_.empty()) message = "missing tensors: " + list(missing_, ", ");
  if (!wrong_.empty()) message += (message.empty() ? "" : "; ") + list(wrong_, "; ");
  return message;
}

void Checker::refuse_problems() const {
  const std::string message = problems();
  if (!message.empty()) throw Failure(ErrorCode::kFormat, tensors_.label() + ": " + message);
}

void Checker::finish(const std::vector<std::string>& known_extras) const {
  std::string message = problems();
  std::vector<std::string> used = used_;
  std::sort(used.begin(), used.end());
  std::vector<std::string> extras;
  for (const auto& [name, tensor] : tensors_.all()) {
    if (std::binary_search(used.begin(), used.end(), name)) continue;
    if (!is_known_extra(name, known_extras)) extras.push_back(name);
  }
  if (message.empty() && !extras.empty()) {
    message =
        "tensors that config.json does not account for, so leaving them out would change the "
        "model: " +
        list(extras, ", ");
  }
  if (!message.empty()) throw Failure(ErrorCode::kFormat, tensors_.label() + ": " + message);
}

bool Checker::is_known_extra(std::string_view name, const std::vector<std::string>& known) const {
  // Constants that older versions stored beside the weights, whatever the family.
  for (const char* constant : {".inv_freq", ".position_ids", ".token_type_ids"}) {
    if (name.ends_with(constant)) return true;
  }
  for (const std::string& prefix : {prefixes().trunk, prefixes().head}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    for (const std::string& extra : known) {
      if (rest.starts_with(extra)) return true;
    }
  }
  return false;
}

}  // namespace gatun::encoder
