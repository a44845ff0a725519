// From a configuration and a checkpoint to a graph, per family.
#pragma once

#include <string>
#include <vector>

#include "encoder/binder.h"
#include "encoder/graph.h"
#include "model/tensors.h"

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

/// A graph of the configured shape without weights.
Graph empty_graph(const model::EncoderConfig& config);

FamilyNames names_of(const model::EncoderConfig& config);

/// Checks every tensor of a checkpoint and returns the prefixes of its names. Throws one Failure
/// for everything that is wrong.
Prefixes check_names(const model::EncoderConfig& config, const FamilyNames& names,
                     const model::Tensors& tensors);

}  // namespace gatun::encoder
