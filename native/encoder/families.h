// From a configuration and a checkpoint to a graph, per family.
#pragma once

#include <string>
#include <vector>

#include "encoder/binder.h"
#include "encoder/graph.h"

namespace gatun::encoder {

/// How one family names its tensors.
struct FamilyNames {
  /// Binds every tensor of the configured model.
  void (*bind)(Binder& binder, Graph& graph);
  /// What a checkpoint of this family may hold besides: heads of other tasks, stored constants.
  std::vector<std::string> known_extras;
};

FamilyNames bert_names();
FamilyNames modernbert_names();

/// Classifier rows; checks them against the labels of the configuration. Throws Failure.
void bind_classifier(Binder& binder, Graph& graph);

/// How a model is loaded.
struct LoadOptions {
  backend::Precision precision = backend::Precision::kF32;
};

/// Builds the graph of the model in `folder`. Throws Failure.
Graph build_graph(const model::Folder& folder, const backend::Backend& backend,
                  const LoadOptions& options);

}  // namespace gatun::encoder
