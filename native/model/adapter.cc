#include "model/adapter.h"

#include <string_view>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr std::string_view kPrefix = "base_model.model.";

[[noreturn]] void fail(const std::string& what) {
  throw Failure(ErrorCode::kFormat, std::string(kAdapterFile) + ": " + what);
}

/// `name` without each of the words that PEFT's wrappers put into it.
std::string plain_name(std::string name) {
  for (const std::string_view word : {".modules_to_save.default.", ".base_layer.", ".default."}) {
    for (size_t at = name.find(word); at != std::string::npos; at = name.find(word, at)) {
      name.replace(at, word.size(), ".");
    }
  }
  return name;
}

bool cut_end(std::string& name, std::string_view end) {
  if (!name.ends_with(end)) return false;
  name.resize(name.size() - end.size());
  return true;
}

void place(Adapter& adapter, std::string name, const Tensor& tensor) {
  const Tensor** slot = nullptr;
  std::string module = name;
  if (cut_end(module, ".lora_A.weight")) {
    slot = &adapter.low_rank[module].a;
  } else if (cut_end(module, ".lora_B.weight")) {
    slot = &adapter.low_rank[module].b;
  } else if (cut_end(module, ".lora_B.bias")) {
    slot = &adapter.low_rank[module].b_bias;
  } else if (name.find(".lora_") != std::string::npos) {
    throw Failure(ErrorCode::kUnsupported, std::string(kAdapterFile) + ": tensor " +
                                               one_line(name, 300) +
                                               " is not supported: only lora_A and lora_B of "
                                               "linear layers are");
  } else {
    slot = &adapter.whole[name];
  }
  if (*slot != nullptr) fail("duplicate tensor " + one_line(name, 300));
  *slot = &tensor;
}

void check_factors(const AdapterConfig& config, const std::string& module,
                   const LowRankSource& source) {
  const std::string shown = one_line(module, 300);
  if (source.a == nullptr) fail(shown + ".lora_A.weight is missing, but there is a lora_B");
  if (source.b == nullptr) fail(shown + ".lora_B.weight is missing, but there is a lora_A");
  if (source.a->shape->size() != 2 || source.b->shape->size() != 2) {
    fail(shown + ": lora_A and lora_B must have two dimensions");
  }
  const int64_t rank = source.a->shape->front();
  if (source.b->shape->back() != rank) {
    fail(shown + ": lora_A has rank " + std::to_string(rank) + ", lora_B " +
         std::to_string(source.b->shape->back()));
  }
  if (config.rank(module) != rank) {
    throw Failure(ErrorCode::kFormat, std::string(kAdapterConfigFile) +
                                          ": r or rank_pattern says " +
                                          std::to_string(config.rank(module)) + " for " + shown +
                                          ", but its lora_A has rank " + std::to_string(rank));
  }
}

void read_peft(const Folder& folder, Adapter& adapter) {
  adapter.config = read_adapter_config(folder);
  adapter.head = adapter.config->head;
  if (!folder.has(kAdapterFile) && folder.has("adapter_model.bin")) {
    throw Failure(ErrorCode::kIo, std::string(kAdapterFile) +
                                      " is missing; adapter_model.bin is a pickle file, which can "
                                      "run code and is never read: convert it to safetensors");
  }
  adapter.tensors = Tensors(folder, kAdapterFile);
  for (const auto& [name, tensor] : adapter.tensors.all()) {
    if (!name.starts_with(kPrefix)) {
      fail("tensor " + one_line(name, 300) + " does not start with " + std::string(kPrefix));
    }
    place(adapter, plain_name(name.substr(kPrefix.size())), tensor);
  }
  for (const auto& [module, source] : adapter.low_rank) {
    check_factors(*adapter.config, module, source);
  }
}

}  // namespace

Adapter read_adapter(const Folder& folder, Family family) {
  Adapter adapter{{}, {}, Tensors({}, {}), {}, {}};
  if (folder.has(kAdapterConfigFile) || !folder.has(kHeadFile)) {
    read_peft(folder, adapter);
    return adapter;
  }
  adapter.head = read_stated_head(folder, family);
  adapter.tensors = Tensors(folder, kHeadFile);
  for (const auto& [name, tensor] : adapter.tensors.all()) adapter.whole[name] = &tensor;
  return adapter;
}

}  // namespace gatun::model
