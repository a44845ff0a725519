// The folder a model is read from, and the only door to its files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/json.h"
#include "runtime/mapped_file.h"

namespace gatun::model {

/// A directory whose files can be read; nothing outside it can. Symbolic links are followed only
/// as long as they stay inside, or, of a snapshot in a Hugging Face cache, lead to its blobs.
class Folder {
 public:
  /// Throws Failure: ErrorCode::kArgument for a path that cannot be one, ErrorCode::kIo when it is
  /// not a directory.
  explicit Folder(std::string_view path);

  /// Last component of its path.
  std::string name() const { return root_.substr(root_.rfind('/') + 1); }

  /// True when `name` (a relative path of ours, never from a file) exists.
  bool has(const std::string& name) const;

  /// Canonical path of the folder.
  const std::string& path() const { return root_; }
  /// Canonical path of the file `name`. Throws as map() does.
  std::string resolve(const std::string& name) const;

  /// Maps `name`. Throws Failure: ErrorCode::kIo when missing or unreadable, ErrorCode::kFormat
  /// when it leads outside the folder. Messages start with `name`.
  MappedFile map(const std::string& name) const;

  /// Parses `name`, as map() and parse_json() do.
  Json json(const std::string& name) const;

  /// As json(), or nothing when the file does not exist.
  std::optional<Json> json_if_present(const std::string& name) const;

 private:
  std::string root_;  // canonical, without a trailing slash unless it is "/"
};

/// True when `name`, which a file of the folder gives, is a plain file name: no separator of any
/// system, not "." or "..", no control characters.
bool is_plain_file_name(std::string_view name);

}  // namespace gatun::model
