// SHA-256 of a file, remembered for as long as the file does not change.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/sha256.h"
#include "weights/cache_directory.h"
#include "weights/progress.h"

namespace gatun::weights {

/// What tells one state of a file from another without reading it.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t bytes = 0;
  int64_t modified_ns = 0;  ///< since 1970
  int64_t changed_ns = 0;   ///< the same of its inode: also raised where somebody resets the former

  bool operator==(const FileIdentity&) const = default;
};

/// Throws Failure (ErrorCode::kIo) that starts with `label`.
FileIdentity identity_of(const std::string& path, const std::string& label);

struct FileDigest {
  std::string path;
  std::string label;
  FileIdentity identity;
  Digest digest;
  /// Changed so recently that another change may have left the same times: the clock of a file
  /// system moves on in steps.
  bool young;
};

/// Nanoseconds since 1970 by the clock of file systems.
int64_t clock_ns();

/// The digest of the file at `path` (canonical, without links), from the note about it in `cache`
/// or from its bytes. Throws Failure (ErrorCode::kIo) that starts with `label`.
FileDigest digest_file(const CacheDirectory& cache, const std::string& path,
                       const std::string& label, Progress& progress, int64_t now_ns = clock_ns());

/// True when the file is still what was digested: looks at its identity, and reads a young file
/// again.
bool confirm(const FileDigest& known);

}  // namespace gatun::weights
