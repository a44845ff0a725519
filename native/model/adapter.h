// What a folder adds to a model that is open: a PEFT LoRA adapter, or a head by itself.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/adapter_config.h"
#include "model/folder.h"
#include "model/tensors.h"

namespace gatun::model {

/// ΔW of the module at a path: scale·B·A. A: [rank, inputs], B: [outputs, rank].
struct LowRankSource {
  const Tensor* a = nullptr;
  const Tensor* b = nullptr;
  const Tensor* b_bias = nullptr;  ///< [outputs], or null
};

/// Names are those of the base's modules, as in "model.layers.0.attn.Wqkv", without what PEFT puts
/// before and between them. Views stay valid while the object lives, moved or not.
struct Adapter {
  std::optional<AdapterConfig> config;  ///< nothing: a head by itself
  std::optional<HeadKind> head;         ///< nothing: as the base has it
  Tensors tensors;
  std::map<std::string, LowRankSource, std::less<>> low_rank;  ///< by module
  std::map<std::string, const Tensor*, std::less<>> whole;     ///< by parameter: replacements
};

inline constexpr char kAdapterFile[] = "adapter_model.safetensors";
inline constexpr char kHeadFile[] = "head.safetensors";

/// Reads adapter_config.json and adapter_model.safetensors; without the former, config.json (for
/// its `architectures`) and head.safetensors. Factors are complete and of the rank that the
/// configuration says. Other files, lora_config.json among them, are not read. Throws Failure.
Adapter read_adapter(const Folder& folder, Family family);

}  // namespace gatun::model
