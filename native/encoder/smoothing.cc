#include "encoder/smoothing.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "encoder/encoder.h"
#include "encoder/forward_pass.h"
#include "encoder/weight_view.h"
#include "runtime/aligned.h"

namespace gatun::encoder {
namespace {

// Measured on all-MiniLM-L6-v2: from 128 tokens on the result no longer depends on which they are.
constexpr int64_t kSequences = 4;
constexpr int64_t kTokens = 64;
constexpr uint32_t kSeed = 20261120;
// Factors nearer to one count as one: they only move the grids of weights that need no help. On the
// golden set 1.1 to 1.25 keep every label on every tier, smaller and larger ones lose one or two of
// 30 000; so this is no optimum, and no evidence about other models.
constexpr double kTellingFactor = 1.2;

/// Uniform token ids, the same on every platform.
std::vector<int32_t> random_tokens(int64_t count, int64_t vocabulary) {
  std::mt19937 bits(kSeed);
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < count; ++i) {
    ids.push_back(static_cast<int32_t>(
        static_cast<uint64_t>(bits()) * static_cast<uint64_t>(vocabulary) >> 32));
  }
  return ids;
}

/// The batch, and the pass over it layer by layer.
class Measurement {
 public:
  Measurement(const Graph& graph, const FamilyNames& names, const Prefixes& prefixes, int threads)
      : graph_(graph),
        names_(names),
        prefixes_(prefixes),
        lane_(graph.backend->open_lane({threads})) {
    const int64_t length = std::min(kTokens, graph.config.positions_max);
    for (int64_t i = 0; i <= kSequences; ++i) {
      offsets_.push_back(static_cast<int32_t>(i * length));
    }
    ids_ = random_tokens(kSequences * length, graph.config.vocabulary);
  }

  InputRanges run() {
    const Batch batch = {ids_, {}, offsets_};
    const Wanted wanted[] = {{Wanted::Kind::kHidden, kFinalLayer, nullptr}};
    Schedule schedule;
    schedule.plan(graph_, batch, wanted);
    Aligned<float> workspace(workspace_floats(graph_, schedule));
    LayerSteps steps(graph_, *lane_, batch, schedule, workspace.data());
    Aligned<float> normed(batch.tokens() * graph_.config.hidden_size);
    by_chunks([&](backend::Rows rows) { steps.embed(rows); });
    for (size_t i = 0; i < graph_.layers.size(); ++i) {
      const Layer& layer = graph_.layers[i];
      note(i, Slot::kQkv, layer.attention_norm, steps.x(0), normed.data());
      by_chunks([&](backend::Rows rows) { steps.project(i, rows); });
      for (int64_t tile = 0; tile != backend::kNoTile;) {
        tile = steps.attend(i, tile, backend::kNoDeadline);
      }
      by_chunks([&](backend::Rows rows) { steps.add_attention(i, rows); });
      note(i, Slot::kUp, layer.mlp_norm, steps.x(0), normed.data());
      by_chunks([&](backend::Rows rows) { steps.add_mlp(i, rows); });
    }
    return std::move(ranges_);
  }

 private:
  template <class Body>
  void by_chunks(const Body& body) const {
    const auto tokens = static_cast<int64_t>(ids_.size());
    const int64_t chunk = chunk_rows(graph_);
    for (int64_t first = 0; first < tokens; first += chunk) {
      body({first, std::min(chunk, tokens - first)});
    }
  }

  /// Ranges of what a branch reads; `normed` has room for it.
  void note(size_t layer, Slot slot, const NormWeights& norm, const float* x, float* normed) {
    const auto rows = static_cast<int64_t>(ids_.size());
    const int64_t hidden = graph_.config.hidden_size;
    if (norm && graph_.config.norm_position != model::NormPosition::kAfterSum) {
      lane_->norm(norm.view(), x, rows, hidden, normed);
      x = normed;
    }
    std::vector<float> ranges(static_cast<size_t>(hidden), 0.0f);
    graph_.backend->column_maxima(x, rows, hidden, ranges.data());
    for (const LinearNames& names : names_.linears(graph_.config, layer)) {
      if (names.slot != slot) continue;
      std::vector<LinearPart> parts = names.parts;
      for (LinearPart& part : parts) part.name = prefixes_.trunk + part.name;
      ranges_[layer_name(parts)] = ranges;
    }
  }

  const Graph& graph_;
  const FamilyNames& names_;
  const Prefixes& prefixes_;
  std::unique_ptr<backend::Lane> lane_;
  std::vector<int32_t> ids_;
  std::vector<int32_t> offsets_;
  InputRanges ranges_;
};

/// Raises what lies below a hundredth of the mean.
void raise(std::vector<float>& values) {
  double sum = 0;
  for (const float v : values) sum += v;
  const auto floor = static_cast<float>(0.01 * sum / static_cast<double>(values.size()));
  for (float& v : values) v = std::max({v, floor, 1e-30f});
}

}  // namespace

InputRanges measure_ranges(const Graph& graph, const FamilyNames& names, const Prefixes& prefixes,
                           int threads) {
  return Measurement(graph, names, prefixes, threads).run();
}

std::vector<float> smoothing_factors(const std::vector<float>& ranges, const float* weight,
                                     int64_t outputs, const backend::Backend& backend) {
  std::vector<float> inputs = ranges;
  std::vector<float> weights(inputs.size(), 0.0f);
  backend.column_maxima(weight, outputs, static_cast<int64_t>(inputs.size()), weights.data());
  raise(inputs);
  raise(weights);
  double logs = 0;
  for (size_t k = 0; k < inputs.size(); ++k) {
    logs += 0.5 * std::log(static_cast<double>(inputs[k]) / weights[k]);
  }
  const double mean = logs / static_cast<double>(inputs.size());
  std::vector<float> factors;
  for (size_t k = 0; k < inputs.size(); ++k) {
    const double factor =
        std::exp(0.5 * std::log(static_cast<double>(inputs[k]) / weights[k]) - mean);
    const bool telling = factor > kTellingFactor || factor < 1 / kTellingFactor;
    factors.push_back(telling ? static_cast<float>(factor) : 1.0f);
  }
  return factors;
}

}  // namespace gatun::encoder
