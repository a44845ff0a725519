// From a model folder to a graph.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backend/backend.h"
#include "encoder/graph.h"
#include "model/folder.h"

namespace gatun::encoder {

/// How a model is loaded.
struct LoadOptions {
  backend::Precision precision = backend::Precision::kF32;
  int threads = 0;              ///< that read and pack; 0: all processors
  std::string cache_directory;  ///< of packed weights; empty: none
  int64_t cache_bytes_max = int64_t{8} << 30;
  int64_t* progress = nullptr;  ///< null, or two values to store: bytes of work done, in all
};

/// Where a graph's weights came from.
struct Origin {
  enum class Cache {
    kOff,      ///< not asked for
    kMapped,   ///< they were there
    kWritten,  ///< they are there from now on
    kUnused,   ///< it could not be used; a warning says why
  };
  Cache cache = Cache::kOff;
  std::string file;  ///< in the cache; empty: none
  std::vector<std::string> warnings;
  /// Weight files and their SHA-256 in hexadecimal digits; empty without a cache.
  std::vector<std::pair<std::string, std::string>> digests;
};

/// Builds the graph of the model in `folder`. What is wrong with the cache is a warning in
/// `origin`; what is wrong with the folder throws Failure.
Graph build_graph(const model::Folder& folder, const backend::Backend& backend,
                  const LoadOptions& options, Origin& origin);

}  // namespace gatun::encoder
