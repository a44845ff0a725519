// Read-only view of a whole file.
#pragma once

#include <cstdint>
#include <string>

namespace gatun {

/// Maps a regular file for reading, for as long as the object lives. The file must not shrink
/// meanwhile, so owners keep the object only while they copy from it. Move-only.
class MappedFile {
 public:
  /// `path` must be final: a symbolic link in its last component is refused. Throws Failure
  /// (ErrorCode::kIo) that starts with `label` when it cannot be opened, is not a regular file or
  /// cannot be mapped.
  MappedFile(const std::string& path, const std::string& label);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  /// Null for an empty file.
  const unsigned char* data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  const unsigned char* data_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace gatun
