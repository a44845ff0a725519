// What a forward pass over several tasks costs, and the words for it.
#pragma once

#include <span>
#include <string>

#include "encoder/schedule.h"

namespace gatun::encoder {

/// In layers × tokens: the products of one layer for one token with the trunk's weights are 1.
struct PlanCost {
  double planned = 0;
  double separate = 0;  ///< every result's layers, task by task
};

/// Cost of the uses under their forms. Reading weights counts, since few rows wait for it; of rows
/// that nothing reads behind the last attention only the first product counts.
PlanCost cost_of(const Graph& graph, const Batch& batch, const Schedule& schedule);

/// A plan as a JSON object:
/// {"plan", "cost", "separate", "layers", "steps": [{"layer", "rows"}, …],
///  "tasks": [{"name", "layer", "form", "sequences", "tokens"}, …]}
/// plan: "trunk" (no task), "shared-trunk" (heads alone), "shared-bottom" (rows part at the lowest
/// adapted layer), "stacked" (all layers are adapted, one pass) or "single" (one task, adapted from
/// the first layer on). layer: the first that the rows, or the task alone, run through. form:
/// "head", "low-rank" or "merged".
std::string describe_plan(const Graph& graph, const Batch& batch, const Schedule& schedule);

}  // namespace gatun::encoder
