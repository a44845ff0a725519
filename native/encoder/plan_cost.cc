#include "encoder/plan_cost.h"

#include <cmath>
#include <cstdio>

namespace gatun::encoder {
namespace {

/// Tokens whose products take as long as reading a layer's weights from memory, about: 4, 2 or 1
/// bytes a weight at some 30 GB/s against 10¹¹, 3·10¹² and 6·10¹² multiplications a second.
double reading_tokens(backend::Precision precision) {
  return precision == backend::Precision::kF32 ? 16 : 200;
}

/// Narrow products reach about half the speed of wide ones.
constexpr double kNarrow = 2;

double weights_of(const backend::Linear& linear) {
  return static_cast<double>(linear.inputs()) * static_cast<double>(linear.outputs());
}

double weights_of(const Layer& layer) {
  return weights_of(*layer.qkv) + weights_of(*layer.attention_out) + weights_of(*layer.up) +
         weights_of(*layer.down);
}

/// What a task's own weights cost in one layer, as parts of the layer's: for each token, and once.
struct OwnCost {
  double per_token = 0;
  double once = 0;
};

OwnCost own_cost(const Graph& graph, const Task& task, bool merged, size_t layer) {
  OwnCost cost;
  const double whole = weights_of(graph.layers[layer]);
  for (const TaskLinear& linear : task.layers[layer]) {
    if (!linear.adapted()) continue;
    if (merged) {
      cost.once += weights_of(*linear.merged) / whole;
    } else {
      const double factors = (weights_of(*linear.down) + weights_of(*linear.up)) / whole;
      cost.per_token += kNarrow * factors;
      cost.once += factors;
    }
  }
  return cost;
}

double tokens_of(const Batch& batch, size_t sequence) {
  return batch.offsets[sequence + 1] - batch.offsets[sequence];
}

/// Products of one layer for a sequence in tokens: behind the attention of the last one there are
/// only the rows that are read.
double products_of(const Graph& graph, size_t layer, double tokens, Reads reads) {
  if (reads == Reads::kAll || reads == Reads::kNothing) return tokens;
  const Layer& weights = graph.layers[layer];
  const double first = weights_of(*weights.qkv) / weights_of(weights);
  return first * tokens + (1 - first);
}

std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  return json + "\"";
}

const char* form_of(const Schedule::Use& use) {
  if (!use.task->adapted()) return "head";
  return use.merged ? "merged" : "low-rank";
}

const char* plan_name(const Schedule& schedule) {
  if (schedule.uses().empty()) return "trunk";
  bool adapted = false;
  size_t lowest = SIZE_MAX;
  for (const Schedule::Use& use : schedule.uses()) {
    adapted = adapted || use.task->adapted();
    lowest = std::min(lowest, use.task->first_adapted);
  }
  if (!adapted) return "shared-trunk";
  if (lowest > 0) return "shared-bottom";
  return schedule.uses().size() == 1 ? "single" : "stacked";
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", value);
  return text;
}

}  // namespace

PlanCost cost_of(const Graph& graph, const Batch& batch, const Schedule& schedule) {
  PlanCost cost;
  const double reading = reading_tokens(graph.precision);
  const auto sequences = static_cast<size_t>(batch.sequences());
  const auto products = [&](size_t layer, size_t s, Reads reads) {
    const bool last = layer + 1 == schedule.layers();
    return products_of(graph, layer, tokens_of(batch, s), last ? reads : Reads::kAll);
  };
  for (size_t layer = 0; layer < schedule.layers(); ++layer) {
    double reads_trunk = 0;
    for (size_t s = 0; s < sequences; ++s) {
      const size_t depth = schedule.trunk_depth(s);
      if (depth == Schedule::kNone || depth <= layer) continue;
      cost.planned += products(layer, s, schedule.trunk_reads(s));
      reads_trunk = 1;
    }
    for (const Schedule::Use& use : schedule.uses()) {
      double tokens = 0;
      for (size_t s = 0; s < sequences; ++s) {
        tokens += use.computes(s, layer) ? products(layer, s, use.reads[s]) : 0;
      }
      if (tokens == 0) continue;
      const OwnCost own = own_cost(graph, *use.task, use.merged, layer);
      cost.planned += tokens * (1 + own.per_token) + reading * own.once;
      reads_trunk = std::max(reads_trunk, use.merged ? 1 - own.once : 1.0);
    }
    cost.planned += reading * reads_trunk;
  }
  for (size_t s = 0; s < sequences; ++s) {
    for (size_t layer = 0; layer < schedule.layers(); ++layer) {
      if (schedule.own_depth(s) != Schedule::kNone && layer < schedule.own_depth(s)) {
        cost.separate += products(layer, s, schedule.trunk_reads(s)) + reading;
      }
      for (const Schedule::Use& use : schedule.uses()) {
        if (!use.wants(s) || layer >= use.depth[s]) continue;
        const bool owns = use.task->owns_rows(schedule.layers());
        const double tokens = products(layer, s, owns ? use.reads[s] : schedule.trunk_reads(s));
        const OwnCost own = own_cost(graph, *use.task, use.merged, layer);
        cost.separate += tokens * (1 + own.per_token) + reading;
        if (!use.merged) cost.separate += reading * own.once;
      }
    }
  }
  return cost;
}

std::string describe_plan(const Graph& graph, const Batch& batch, const Schedule& schedule) {
  const PlanCost cost = cost_of(graph, batch, schedule);
  std::string json = std::string("{\"plan\":\"") + plan_name(schedule) +
                     "\",\"cost\":" + number(cost.planned) +
                     ",\"separate\":" + number(cost.separate) +
                     ",\"layers\":" + std::to_string(schedule.layers()) + ",\"steps\":[";
  const std::span<const Phase> phases = schedule.phases();
  for (size_t i = 0; i < phases.size(); ++i) {
    if (i + 1 < phases.size() && phases[i + 1].first_layer == 0) continue;  // only embedded
    json += (json.back() == '[' ? "" : ",") + std::string("{\"layer\":") +
            std::to_string(phases[i].first_layer) +
            ",\"rows\":" + std::to_string(phases[i].rows()) + "}";
  }
  json += "],\"tasks\":[";
  for (const Schedule::Use& use : schedule.uses()) {
    int64_t sequences = 0;
    double tokens = 0;
    for (size_t s = 0; s < use.depth.size(); ++s) {
      if (!use.wants(s)) continue;
      ++sequences;
      tokens += tokens_of(batch, s);
    }
    json += (json.back() == '[' ? "" : ",") + std::string("{\"name\":") + quoted(use.task->name) +
            ",\"layer\":" + std::to_string(use.task->first_adapted) + ",\"form\":\"" +
            form_of(use) + "\",\"sequences\":" + std::to_string(sequences) +
            ",\"tokens\":" + std::to_string(static_cast<int64_t>(tokens)) + "}";
  }
  return json + "]}";
}

}  // namespace gatun::encoder
