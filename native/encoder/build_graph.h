// From a model folder to a graph.
#pragma once

#include "backend/backend.h"
#include "encoder/graph.h"
#include "model/folder.h"

namespace gatun::encoder {

/// How a model is loaded.
struct LoadOptions {
  backend::Precision precision = backend::Precision::kF32;
  int threads = 0;              ///< that read and pack; 0: all processors
  int64_t* progress = nullptr;  ///< null, or two values to store: bytes of work done, in all
};

/// Builds the graph of the model in `folder`. Throws Failure.
Graph build_graph(const model::Folder& folder, const backend::Backend& backend,
                  const LoadOptions& options);

}  // namespace gatun::encoder
