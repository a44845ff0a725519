#include "model/folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr size_t kNameMax = 255;

/// Absolute path without links, or empty with errno set.
std::string canonical(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr),
                                                             &std::free);
  return resolved ? std::string(resolved.get()) : std::string();
}

/// Where the links of a snapshot in a Hugging Face cache lead (REPOSITORY/snapshots/COMMIT to
/// REPOSITORY/blobs), with a slash at its end; empty for any other folder.
std::string blobs_of(const std::string& root) {
  constexpr std::string_view kSnapshots = "/snapshots";
  const std::string above = root.substr(0, root.rfind('/'));
  if (!above.ends_with(kSnapshots)) return "";
  return above.substr(0, above.size() - kSnapshots.size()) + "/blobs/";
}

}  // namespace

Folder::Folder(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos || path.size() >= PATH_MAX) {
    throw Failure(ErrorCode::kArgument,
                  "the model folder's path is empty, longer than the system allows or holds a NUL");
  }
  root_ = canonical(std::string(path));
  struct stat facts{};
  if (root_.empty() || ::stat(root_.c_str(), &facts) != 0) {
    throw Failure(ErrorCode::kIo, "model folder " + one_line(path, 400) +
                                      " cannot be opened: " + std::strerror(errno));
  }
  if (!S_ISDIR(facts.st_mode)) {
    throw Failure(ErrorCode::kIo,
                  one_line(path, 400) + " is a file; expected the folder that holds config.json");
  }
}

bool Folder::has(const std::string& name) const {
  struct stat facts{};
  return ::lstat((root_ + "/" + name).c_str(), &facts) == 0;
}

std::string Folder::resolve(const std::string& name) const {
  const std::string path = canonical(root_ + "/" + name);
  if (path.empty()) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    throw Failure(ErrorCode::kIo, missing ? name + " is missing from the model folder"
                                          : name + ": cannot be opened: " + std::strerror(errno));
  }
  const std::string inside = root_ == "/" ? root_ : root_ + "/";
  const std::string blobs = blobs_of(root_);
  if (!path.starts_with(inside) && (blobs.empty() || !path.starts_with(blobs))) {
    throw Failure(ErrorCode::kFormat,
                  name + " is a link that leads outside the model folder; copy the file into it");
  }
  return path;
}

MappedFile Folder::map(const std::string& name) const { return MappedFile(resolve(name), name); }

Json Folder::json(const std::string& name) const {
  const MappedFile file = map(name);
  return parse_json(std::string_view(reinterpret_cast<const char*>(file.data()),
                                     static_cast<size_t>(file.size())),
                    name);
}

std::optional<Json> Folder::json_if_present(const std::string& name) const {
  if (!has(name)) return std::nullopt;
  return json(name);
}

bool is_plain_file_name(std::string_view name) {
  if (name.empty() || name.size() > kNameMax || name == "." || name == "..") return false;
  for (const char c : name) {
    if (c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20) return false;
  }
  return true;
}

}  // namespace gatun::model
