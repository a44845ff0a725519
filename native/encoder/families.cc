#include "encoder/families.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using model::EncoderConfig;

FamilyNames names_of(model::Family family) {
  switch (family) {
    case model::Family::kBert: return bert_names();
    case model::Family::kModernBert: return modernbert_names();
  }
  throw Failure(ErrorCode::kInternal, "a family without tensor names");
}

/// Prefixes that writers put before the trunk's and the head's names; `_orig_mod.` is left behind
/// by torch.compile.
struct Prefixes {
  const char* trunk;
  const char* head;
};
constexpr std::array<Prefixes, 6> kPrefixes = {{{"model.", ""},
                                                {"", ""},
                                                {"bert.", ""},
                                                {"_orig_mod.", "_orig_mod."},
                                                {"_orig_mod.model.", "_orig_mod."},
                                                {"_orig_mod.bert.", "_orig_mod."}}};

Graph empty_graph(const EncoderConfig& config) {
  Graph graph;
  graph.config = config;
  graph.layers.resize(config.layers.size());
  for (size_t i = 0; i < graph.layers.size(); ++i) {
    graph.layers[i].window = config.layers[i].window;
    graph.layers[i].rotary = config.layers[i].rotary;
  }
  return graph;
}

/// The prefixes under which the fewest tensors are missing; the earlier of equals.
const Prefixes& choose_prefixes(const EncoderConfig& config, const FamilyNames& names,
                                const model::Tensors& tensors, const backend::Backend& backend,
                                backend::Precision precision) {
  const Prefixes* best = nullptr;
  size_t fewest = 0;
  for (const Prefixes& prefixes : kPrefixes) {
    Binder binder(tensors, backend, precision, Binder::Mode::kCheck, prefixes.trunk, prefixes.head);
    Graph graph = empty_graph(config);
    names.bind(binder, graph);
    if (best != nullptr && binder.missing() >= fewest) continue;
    best = &prefixes;
    fewest = binder.missing();
  }
  return *best;
}

void refuse_wide_heads(const EncoderConfig& config, const backend::Backend& backend) {
  if (config.head_dim() <= backend.head_dim_max()) return;
  throw Failure(ErrorCode::kUnsupported,
                "config.json: num_attention_heads: heads of hidden_size / num_attention_heads = " +
                    std::to_string(config.head_dim()) + " are not supported; at most " +
                    std::to_string(backend.head_dim_max()));
}

void refuse_unstated_head(const EncoderConfig& config, const Binder& binder) {
  if (config.head_stated || binder.rows(binder.head("classifier")) == 0) return;
  throw Failure(
      ErrorCode::kFormat,
      "config.json: architectures: is missing, but the weights hold a classifier; nothing "
      "says whether it classifies sequences or tokens");
}

}  // namespace

float Graph::attention_scale() const {
  return static_cast<float>(1 / std::sqrt(static_cast<double>(config.head_dim())));
}

void bind_classifier(Binder& binder, Graph& graph) {
  const EncoderConfig& config = graph.config;
  const std::string name = binder.head("classifier");
  const int64_t rows = binder.rows(name);
  if (config.labels && rows > 0 && rows != *config.labels) {
    throw Failure(ErrorCode::kFormat, "config.json: " + config.labels_key + " has " +
                                          std::to_string(*config.labels) + " labels, but " + name +
                                          ".weight has " + std::to_string(rows) + " rows");
  }
  binder.exact_linear({name}, {config.hidden_size, "hidden_size"},
                      {std::max<int64_t>(rows, 1), "labels"}, true, graph.head.classifier);
}

Graph build_graph(const model::Folder& folder, const backend::Backend& backend,
                  const LoadOptions& options) {
  const backend::Precision precision = options.precision;
  const EncoderConfig config = model::read_config(folder);
  refuse_wide_heads(config, backend);
  const model::Tensors tensors(folder);
  FamilyNames names = names_of(config.family);
  // A trunk may be cut out of a classifier's checkpoint by its configuration.
  if (config.head == model::HeadKind::kNone) names.known_extras.emplace_back("classifier.");
  const Prefixes& prefixes = choose_prefixes(config, names, tensors, backend, precision);
  {
    Binder check(tensors, backend, precision, Binder::Mode::kCheck, prefixes.trunk, prefixes.head);
    Graph graph = empty_graph(config);
    names.bind(check, graph);
    check.finish(names.known_extras);
    if (config.head == model::HeadKind::kNone) refuse_unstated_head(config, check);
  }
  Binder load(tensors, backend, precision, Binder::Mode::kLoad, prefixes.trunk, prefixes.head);
  Graph graph = empty_graph(config);
  names.bind(load, graph);
  for (const model::Rotary& rotary : config.rotaries) {
    graph.rotaries.push_back(
        std::make_unique<RotaryTables>(rotary, config.head_dim(), config.positions_max));
  }
  graph.parameters = load.parameters();
  graph.weight_bytes = load.bytes();
  graph.packed = load.packed();
  graph.precision = precision;
  return graph;
}

}  // namespace gatun::encoder
