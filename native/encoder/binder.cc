#include "encoder/binder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using backend::Storage;
using model::Tensor;

constexpr size_t kListBytes = 1500;  // of a list in a message
constexpr int64_t kChunk = 1 << 16;  // elements widened at a time

std::optional<Storage> storage_of(const std::string& dtype) {
  if (dtype == "F32") return Storage::kF32;
  if (dtype == "F16") return Storage::kF16;
  if (dtype == "BF16") return Storage::kBf16;
  return std::nullopt;
}

int64_t element_bytes(Storage storage) { return storage == Storage::kF32 ? 4 : 2; }

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

}  // namespace

Binder::Binder(const model::Tensors& tensors, const backend::Backend& backend,
               backend::Precision precision, Mode mode, std::string trunk_prefix,
               std::string head_prefix)
    : tensors_(tensors),
      backend_(backend),
      precision_(precision),
      mode_(mode),
      trunk_prefix_(std::move(trunk_prefix)),
      head_prefix_(std::move(head_prefix)) {}

const Tensor* Binder::take(const std::string& name, std::initializer_list<Extent> shape) {
  const Tensor* tensor = tensors_.find(name);
  if (tensor == nullptr) {
    missing_.push_back(name);
    return nullptr;
  }
  used_.push_back(name);
  if (!storage_of(*tensor->dtype)) {
    wrong_.push_back("tensor " + name + " has dtype " + *tensor->dtype +
                     "; expected F32, F16 or BF16");
    return nullptr;
  }
  const bool same =
      std::equal(shape.begin(), shape.end(), tensor->shape->begin(), tensor->shape->end(),
                 [](const Extent& a, int64_t b) { return a.value == b; });
  if (!same) {
    wrong_.push_back("tensor " + name + " has shape " + shape_text(*tensor->shape) + "; expected " +
                     shape_text(shape) + " from config.json");
    return nullptr;
  }
  return tensor;
}

void Binder::copy(const std::string& name, const Tensor& tensor, int64_t count, float* values) {
  backend_.widen(*storage_of(*tensor.dtype), tensor.data, count, values);
  if (!backend_.all_finite(values, count)) {
    throw Failure(ErrorCode::kFormat, *tensor.file + ": tensor " + name +
                                          " holds a value that is not finite (NaN or Inf)");
  }
  parameters_ += count;
}

void Binder::refuse_non_finite(const std::string& name, const Tensor& tensor, int64_t count) {
  const Storage storage = *storage_of(*tensor.dtype);
  Aligned<float> chunk(std::min(count, kChunk));
  for (int64_t first = 0; first < count; first += kChunk) {
    const int64_t part = std::min(kChunk, count - first);
    copy(name,
         {tensor.file, tensor.dtype, tensor.shape, tensor.data + first * element_bytes(storage)},
         part, chunk.data());
  }
}

void Binder::norm(const std::string& name, Extent width, bool bias, float epsilon,
                  NormWeights& weights) {
  const auto either = [&](const char* now, const char* formerly) {
    const bool old = tensors_.find(name + now) == nullptr && tensors_.find(name + formerly);
    return name + (old ? formerly : now);
  };
  const auto read = [&](const std::string& full, Vector& values) {
    const Tensor* tensor = take(full, {width});
    if (mode_ == Mode::kCheck || tensor == nullptr) return;
    values = Vector(width.value);
    copy(full, *tensor, width.value, values.data());
  };
  weights.epsilon = epsilon;
  read(either(".weight", ".gamma"), weights.gamma);
  if (bias) read(either(".bias", ".beta"), weights.beta);
  bytes_ += weights.bytes();
}

void Binder::linear(std::initializer_list<std::string> names, Extent inputs, Extent outputs,
                    bool bias, LinearWeights& weights) {
  linear(names, inputs, outputs, bias, precision_, weights);
}

void Binder::exact_linear(std::initializer_list<std::string> names, Extent inputs, Extent outputs,
                          bool bias, LinearWeights& weights) {
  linear(names, inputs, outputs, bias, backend::Precision::kF32, weights);
}

void Binder::linear(std::initializer_list<std::string> names, Extent inputs, Extent outputs,
                    bool bias, backend::Precision precision, LinearWeights& weights) {
  const auto parts = static_cast<int64_t>(names.size());
  const bool load = mode_ == Mode::kLoad;
  Aligned<float> matrix(load ? parts * outputs.value * inputs.value : 0);
  Aligned<float> biases(load && bias ? parts * outputs.value : 0);
  int64_t row = 0;
  for (const std::string& name : names) {
    const Tensor* weight = take(name + ".weight", {outputs, inputs});
    const Tensor* offset = bias ? take(name + ".bias", {outputs}) : nullptr;
    if (!load) continue;
    copy(name + ".weight", *weight, outputs.value * inputs.value,
         matrix.data() + row * inputs.value);
    if (bias) copy(name + ".bias", *offset, outputs.value, biases.data() + row);
    row += outputs.value;
  }
  if (!load) return;
  const backend::LinearShape shape{inputs.value, row, bias, precision};
  Aligned<std::byte> packed(backend_.packed_bytes(shape));
  backend_.pack({shape, matrix.data(), bias ? biases.data() : nullptr}, packed.data());
  weights = backend_.view(shape, {packed.data(), static_cast<size_t>(packed.bytes())});
  bytes_ += packed.bytes();
  packed_.push_back(std::move(packed));
}

void Binder::table(const std::string& name, Extent count, Extent width, bool widen,
                   TableWeights& weights) {
  const std::string full = name + ".weight";
  const Tensor* tensor = take(full, {count, width});
  if (mode_ == Mode::kCheck || tensor == nullptr) return;
  const int64_t elements = count.value * width.value;
  weights.count = count.value;
  weights.width = width.value;
  weights.storage = widen ? Storage::kF32 : *storage_of(*tensor->dtype);
  weights.rows = Aligned<unsigned char>(elements * element_bytes(weights.storage));
  if (widen) {
    copy(full, *tensor, elements, reinterpret_cast<float*>(weights.rows.data()));
  } else {
    refuse_non_finite(full, *tensor, elements);
    std::memcpy(weights.rows.data(), tensor->data, static_cast<size_t>(weights.rows.bytes()));
  }
  bytes_ += weights.rows.bytes();
}

int64_t Binder::rows(const std::string& name) const {
  const Tensor* tensor = tensors_.find(name + ".weight");
  return tensor == nullptr || tensor->shape->size() != 2 ? 0 : tensor->shape->front();
}

void Binder::finish(const std::vector<std::string>& known_extras) const {
  std::string message;
  if (!missing_.empty()) message = "missing tensors: " + list(missing_, ", ");
  if (!wrong_.empty()) message += (message.empty() ? "" : "; ") + list(wrong_, "; ");
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

bool Binder::is_known_extra(std::string_view name, const std::vector<std::string>& known) const {
  if (name.ends_with(".inv_freq")) return true;  // rotary tables that older versions stored
  for (const std::string& prefix : {trunk_prefix_, head_prefix_}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    for (const std::string& extra : known) {
      if (rest.starts_with(extra)) return true;
    }
  }
  return false;
}

}  // namespace gatun::encoder
