// Every tensor of a checkpoint, from one file or from shards.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/folder.h"
#include "model/safetensors.h"

namespace gatun::model {

/// Names of the files that hold the weights: model.safetensors, or the shards that
/// model.safetensors.index.json names, sorted; then model.safetensors of each of the `modules`.
/// Throws Failure when there are none, or when the index names a file outside the folder.
std::vector<std::string> weight_files(const Folder& folder,
                                      const std::vector<std::string>& modules);

/// View of a stored tensor; valid while its Tensors lives.
struct Tensor {
  const std::string* file;  ///< file name, for messages
  const std::string* dtype;
  const std::vector<int64_t>* shape;
  const unsigned char* data;  ///< row-major, no alignment
};

/// Maps a checkpoint's files and indexes their tensors by name.
class Tensors {
 public:
  /// Reads model.safetensors, or else model.safetensors.index.json and its shards, and
  /// model.safetensors in each folder of `modules`, whose tensors are called <module>/<name>.
  /// Throws Failure when files are missing or damaged, or when the index names files outside the
  /// folder, shards that lack a tensor, or a tensor twice.
  explicit Tensors(const Folder& folder, const std::vector<std::string>& modules = {});
  /// Reads one file of that name. Throws Failure as the other does.
  Tensors(const Folder& folder, const std::string& name);
  /// Tensors of others, which have to live as long as this. `label` stands for them in messages.
  Tensors(std::map<std::string, Tensor, std::less<>> views, std::string label)
      : label_(std::move(label)), tensors_(std::move(views)) {}

  /// The tensor, or null.
  const Tensor* find(std::string_view name) const;
  const std::map<std::string, Tensor, std::less<>>& all() const { return tensors_; }

  /// Name of the file that stands for the whole checkpoint in messages.
  const std::string& label() const { return label_; }

 private:
  struct File {
    std::string name;
    MappedFile bytes;
    std::vector<TensorEntry> entries;
  };

  /// `prefix` goes before the names of the file's tensors.
  void add_file(const Folder& folder, const std::string& name, const std::string& prefix = "");
  void read_index(const Folder& folder);

  std::string label_;
  std::vector<std::unique_ptr<File>> files_;
  std::map<std::string, Tensor, std::less<>> tensors_;
};

}  // namespace gatun::model
