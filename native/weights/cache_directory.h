// The directory that keeps packed weights between two starts.
//
// Files are mapped, so whoever can write to one can change what a running process computes, or end
// it by making the file shorter (SIGBUS). Therefore only a directory and files are used that belong
// to this user or to root and that nobody else may write to; a file is complete before it gets its
// name and is never changed afterwards, only replaced or removed, which leaves mappings alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/descriptor.h"
#include "weights/memory.h"
#include "weights/weight_file.h"

namespace gatun::weights {

/// Any number of processes may use one directory at once.
class CacheDirectory {
 public:
  /// Opens `path`; makes it, and folders above it that are missing, for this user alone. Throws
  /// Failure (ErrorCode::kIo) that says why it cannot be used.
  explicit CacheDirectory(const std::string& path);

  /// Weights under their key.
  struct Found {
    Memory memory;
    WeightFile head;
    std::string file;
  };
  /// Maps the weights of `key` and marks them as used; nothing when there are none. Throws Failure
  /// when there is a file but it is damaged or somebody else's.
  std::optional<Found> find(const Digest& key) const;

  /// A file without a name, to be filled; gone with the object unless it is published.
  class Draft {
   public:
    Draft(Draft&&) = default;
    Draft& operator=(Draft&&) = delete;
    ~Draft();

    /// Bytes of the payload, mapped for writing.
    std::span<std::byte> payload() { return memory_.writable(); }
    /// The memory, read-only from now on, whether or not the file was published.
    Memory take_memory();

   private:
    friend class CacheDirectory;
    Draft(int directory, std::string name, Descriptor file, Memory memory);

    int directory_;
    std::string name_;
    Descriptor file_;
    Memory memory_;
  };
  /// Room for `head_bytes` and a payload on the disk, all of it. Throws Failure (ErrorCode::kIo).
  Draft draft(int64_t head_bytes, int64_t payload_bytes) const;

  /// Writes the head, waits until everything is on the disk, names the file after its key and
  /// returns its path. Throws Failure (ErrorCode::kIo).
  std::string publish(Draft& draft, const Digest& key, const std::string& head) const;

  /// Removes what was used longest ago until all weights together have at most `bytes_max` bytes,
  /// never those of `keep`; and what interrupted processes left behind.
  void shrink(int64_t bytes_max, const Digest& keep) const;

  /// A file of weights in the directory.
  struct Entry {
    std::string file;
    int64_t bytes;
    int64_t used_seconds;  ///< since 1970
    std::optional<Description> description;
    std::string problem;  ///< empty: none
  };
  /// Every file, the one used last first; with `verify`, every byte of it is read and compared.
  std::vector<Entry> list(bool verify) const;
  /// Removes everything that this class made and returns the bytes of the weights among it.
  int64_t clear() const;

  /// A short text under a name of ours; nothing when there is none that can be trusted. Writing is
  /// best effort.
  std::optional<std::string> note(const std::string& name) const;
  void write_note(const std::string& name, const std::string& text) const;

  const std::string& path() const { return path_; }

 private:
  /// Names in the directory with one of our endings.
  std::vector<std::string> names(const char* ending) const;
  Descriptor open_file(const std::string& name, int64_t& bytes) const;
  /// The whole file, or nothing when there is none.
  std::optional<Memory> map(const std::string& name) const;
  Descriptor create(std::string& name) const;

  std::string path_;
  Descriptor directory_;
};

}  // namespace gatun::weights
