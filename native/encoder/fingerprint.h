// What packed weights were made from.
#pragma once

#include <string>
#include <vector>

#include "backend/backend.h"
#include "model/folder.h"
#include "weights/cache_directory.h"
#include "weights/file_digest.h"
#include "weights/progress.h"

namespace gatun::encoder {

/// The key of a model's packed weights: SHA-256 over everything that decides their bytes, namely
/// the layout of the file, version and sources of this library, the packing of the backend, the
/// precision, config.json, and the names and digests of the weight files, those of `modules`
/// included.
struct Fingerprint {
  Digest key;
  std::vector<weights::FileDigest> files;
};

/// Reads weight files only when `cache` has no note of their digests. Throws Failure when a file is
/// missing or cannot be read.
Fingerprint fingerprint(const model::Folder& folder, const std::vector<std::string>& modules,
                        const backend::Backend& backend, backend::Precision precision,
                        const weights::CacheDirectory& cache, weights::Progress& progress);

/// Version and sources of this library, for people.
std::string library_name();

}  // namespace gatun::encoder
