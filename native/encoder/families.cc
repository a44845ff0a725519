#include "encoder/families.h"

#include <algorithm>
#include <array>

#include "encoder/checker.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using model::EncoderConfig;

FamilyNames names_of(model::Family family) {
  switch (family) {
    case model::Family::kBert: return bert_names();
    case model::Family::kModernBert: return modernbert_names();
    case model::Family::kQwen3: return qwen3_names();
    case model::Family::kGemma3: return gemma3_names();
  }
  throw Failure(ErrorCode::kInternal, "a family without tensor names");
}

/// `_orig_mod.` is left behind by torch.compile.
constexpr std::array<std::array<const char*, 2>, 6> kPrefixes = {
    {{"model.", ""},
     {"", ""},
     {"bert.", ""},
     {"_orig_mod.", "_orig_mod."},
     {"_orig_mod.model.", "_orig_mod."},
     {"_orig_mod.bert.", "_orig_mod."}}};

void refuse_unstated_head(const EncoderConfig& config, const FamilyNames& names,
                          const Checker& binder) {
  const std::string classifier = names.head(config).classifier;
  if (config.head_stated || binder.rows(binder.head(classifier)) == 0) return;
  throw Failure(
      ErrorCode::kFormat,
      "config.json: architectures: is missing, but the weights hold a classifier; nothing "
      "says whether it classifies sequences or tokens");
}

}  // namespace

void bind_head(Binder& binder, const EncoderConfig& config, const HeadNames& names, Head& head) {
  if (config.head == model::HeadKind::kNone) return;
  const Extent hidden{config.hidden_size, "hidden_size"};
  head.activation = config.classifier_activation;
  if (!names.dense.empty()) {
    binder.exact_linear(names.dense_in_trunk ? binder.trunk(names.dense) : binder.head(names.dense),
                        hidden, hidden, config.classifier_bias, head.dense);
  }
  if (!names.norm.empty()) {
    binder.norm(binder.head(names.norm), hidden, config.norm, head.norm);
  }
  const std::string name = binder.head(names.classifier);
  const int64_t rows = binder.rows(name);
  if (config.labels && rows > 0 && rows != *config.labels) {
    throw Failure(ErrorCode::kFormat, "config.json: " + config.labels_key + " has " +
                                          std::to_string(*config.labels) + " labels, but " + name +
                                          ".weight has " + std::to_string(rows) + " rows");
  }
  binder.exact_linear(name, hidden, {std::max<int64_t>(rows, 1), "labels"}, true, head.classifier);
}

void bind_graph(const FamilyNames& names, Binder& binder, Graph& graph) {
  names.bind(binder, graph);
  for (size_t i = 0; i < graph.dense.size(); ++i) {
    const model::DenseModule& module = graph.config.dense[i];
    binder.exact_linear(module.folder + "/linear", {module.inputs, "in_features"},
                        {module.outputs, "out_features"}, module.bias, graph.dense[i]);
  }
}

Graph empty_graph(const EncoderConfig& config) {
  Graph graph;
  graph.config = config;
  graph.layers.resize(config.layers.size());
  graph.dense.resize(config.dense.size());
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    graph.layers[i].window = config.layers[i].window;
    graph.layers[i].rotary = config.layers[i].rotary;
  }
  return graph;
}

FamilyNames names_of(const EncoderConfig& config) {
  FamilyNames names = names_of(config.family);
  // A trunk may be cut out of a classifier's checkpoint by its configuration.
  if (config.head == model::HeadKind::kNone) {
    names.known_extras.push_back(names.head(config).classifier + ".");
  }
  return names;
}

Prefixes choose_prefixes(const EncoderConfig& config, const FamilyNames& names,
                         const model::Tensors& tensors) {
  Prefixes best;
  size_t fewest = SIZE_MAX;
  for (const Prefixes& prefixes : known_prefixes()) {
    Checker checker(tensors, prefixes);
    Graph graph = empty_graph(config);
    bind_graph(names, checker, graph);
    if (checker.missing() >= fewest) continue;
    best = prefixes;
    fewest = checker.missing();
  }
  return best;
}

std::vector<Prefixes> known_prefixes() {
  std::vector<Prefixes> all;
  for (const auto& [trunk, head] : kPrefixes) all.push_back({trunk, head});
  return all;
}

Prefixes check_names(const EncoderConfig& config, const FamilyNames& names,
                     const model::Tensors& tensors) {
  Prefixes prefixes = choose_prefixes(config, names, tensors);
  Checker checker(tensors, prefixes);
  Graph graph = empty_graph(config);
  bind_graph(names, checker, graph);
  checker.finish(names.known_extras);
  if (config.head == model::HeadKind::kNone) refuse_unstated_head(config, names, checker);
  return prefixes;
}

}  // namespace gatun::encoder
