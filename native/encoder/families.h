// From a configuration and a checkpoint to a graph, per family.
#pragma once

#include <string>
#include <vector>

#include "encoder/binder.h"
#include "encoder/graph.h"
#include "model/tensors.h"

namespace gatun::encoder {

/// Where the head is stored, apart from the classifier. Empty names: there is no such module.
struct HeadNames {
  std::string dense;
  bool dense_in_trunk = false;  ///< behind the trunk's prefix instead of the head's
  std::string norm;
  std::string classifier = "classifier";
};

/// How one family names its tensors.
struct FamilyNames {
  /// Binds every tensor of the configured trunk and its head.
  void (*bind)(Binder& binder, Graph& graph);
  std::vector<LinearNames> (*linears)(const model::EncoderConfig& config, size_t layer);
  HeadNames (*head)(const model::EncoderConfig& config);
  /// What a checkpoint of this family may hold besides: heads of other tasks, stored constants.
  std::vector<std::string> known_extras;
  /// The table of token types, which a task may replace; empty: the family has none.
  std::string token_types = {};
};

FamilyNames bert_names();
FamilyNames modernbert_names();
FamilyNames qwen3_names();
FamilyNames gemma3_names();

/// The configured head, its classifier's rows checked against the labels of the configuration.
/// Throws Failure.
void bind_head(Binder& binder, const model::EncoderConfig& config, const HeadNames& names,
               Head& head);

/// Binds every tensor of the configured model, those of the layers behind its pooling included.
void bind_graph(const FamilyNames& names, Binder& binder, Graph& graph);

/// A graph of the configured shape without weights.
Graph empty_graph(const model::EncoderConfig& config);

FamilyNames names_of(const model::EncoderConfig& config);

/// The prefixes under which the fewest tensors are missing.
Prefixes choose_prefixes(const model::EncoderConfig& config, const FamilyNames& names,
                         const model::Tensors& tensors);
/// Every pair of prefixes that is known.
std::vector<Prefixes> known_prefixes();

/// Checks every tensor of a checkpoint and returns the prefixes of its names. Throws one Failure
/// for everything that is wrong.
Prefixes check_names(const model::EncoderConfig& config, const FamilyNames& names,
                     const model::Tensors& tensors);

}  // namespace gatun::encoder
