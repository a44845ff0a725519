#include "model/tensors.h"

#include <set>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr char kSingle[] = "model.safetensors";
constexpr char kIndex[] = "model.safetensors.index.json";
constexpr size_t kShardsMax = 1024;

Json read_weight_map(const Folder& folder) {
  const Json index = folder.json(kIndex);
  const Json* weight_map = index.find("weight_map");
  if (weight_map == nullptr || !weight_map->is(Json::Kind::kObject)) {
    throw Failure(ErrorCode::kFormat,
                  std::string(kIndex) + ": expected an object with an object weight_map");
  }
  return *weight_map;
}

/// File names that the index gives, checked before any of them is touched.
std::set<std::string> shard_names(const Json& weight_map) {
  std::set<std::string> names;
  for (const auto& [tensor, file] : weight_map.members) {
    if (!file.is(Json::Kind::kString) || !is_plain_file_name(file.text)) {
      throw Failure(ErrorCode::kFormat,
                    std::string(kIndex) + ": weight_map sends " + one_line(tensor, 200) + " to " +
                        excerpt(file, 200) +
                        ", which is not a plain file name; a path may not lead outside the folder");
    }
    names.insert(file.text);
    if (names.size() > kShardsMax) {
      throw Failure(ErrorCode::kFormat, std::string(kIndex) + ": weight_map names more than " +
                                            std::to_string(kShardsMax) + " files");
    }
  }
  return names;
}

/// What to say of a pickle file in place of the weights; `directory` ends with a slash or is empty.
std::string pickle_hint(const Folder& folder, const std::string& directory) {
  const std::string pickle = directory + "pytorch_model.bin";
  if (!folder.has(pickle)) return "";
  return "; " + pickle +
         " is a pickle file, which can run code and is never read: convert it to safetensors";
}

[[noreturn]] void fail_no_weights(const Folder& folder) {
  throw Failure(ErrorCode::kIo,
                "model.safetensors is missing from the model folder (nor is there a " +
                    std::string(kIndex) + ")" + pickle_hint(folder, ""));
}

std::string module_file(const Folder& folder, const std::string& module) {
  const std::string file = module + "/" + kSingle;
  if (folder.has(file)) return file;
  throw Failure(ErrorCode::kIo,
                file + " is missing from the model folder" + pickle_hint(folder, module + "/"));
}

}  // namespace

std::vector<std::string> weight_files(const Folder& folder,
                                      const std::vector<std::string>& modules) {
  std::vector<std::string> files = {kSingle};
  if (!folder.has(kSingle)) {
    if (!folder.has(kIndex)) fail_no_weights(folder);
    const std::set<std::string> shards = shard_names(read_weight_map(folder));
    files.assign(shards.begin(), shards.end());
  }
  for (const std::string& module : modules) files.push_back(module_file(folder, module));
  return files;
}

Tensors::Tensors(const Folder& folder, const std::vector<std::string>& modules) {
  if (folder.has(kSingle)) {
    label_ = kSingle;
    add_file(folder, kSingle);
  } else if (folder.has(kIndex)) {
    label_ = kIndex;
    read_index(folder);
  } else {
    fail_no_weights(folder);
  }
  for (const std::string& module : modules) {
    add_file(folder, module_file(folder, module), module + "/");
  }
}

Tensors::Tensors(const Folder& folder, const std::string& name) : label_(name) {
  add_file(folder, name);
}

const Tensor* Tensors::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

void Tensors::add_file(const Folder& folder, const std::string& name, const std::string& prefix) {
  auto file = std::make_unique<File>(File{name, folder.map(name), {}});
  file->entries = read_safetensors_header(file->bytes.data(), file->bytes.size(), name);
  for (const TensorEntry& entry : file->entries) {
    const Tensor tensor{&file->name, &entry.dtype, &entry.shape, file->bytes.data() + entry.begin};
    const auto [other, added] = tensors_.emplace(prefix + entry.name, tensor);
    if (!added) {
      throw Failure(ErrorCode::kFormat, name + ": duplicate tensor " + one_line(entry.name, 200) +
                                            ", also in " + *other->second.file);
    }
  }
  files_.push_back(std::move(file));
}

void Tensors::read_index(const Folder& folder) {
  const Json weight_map = read_weight_map(folder);
  for (const std::string& name : shard_names(weight_map)) add_file(folder, name);
  for (const auto& [tensor, file] : weight_map.members) {
    const Tensor* found = find(tensor);
    if (found == nullptr || *found->file != file.text) {
      throw Failure(ErrorCode::kFormat, std::string(kIndex) + ": tensor " + one_line(tensor, 200) +
                                            " is missing: it is not in " + file.text);
    }
  }
}

}  // namespace gatun::model
