// How far the inputs of a graph's layers range: what int8 smoothing is made from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "encoder/families.h"
#include "encoder/graph.h"

namespace gatun::encoder {

/// Largest magnitude of each input, by the layer's name.
using InputRanges = std::map<std::string, std::vector<float>>;

/// Ranges of the layers that an int8 model smooths, over a few sequences of random tokens through
/// the model in fp32. Random tokens reach the channels of large magnitude that no norm's weights
/// show, and need no text; always the same ones, so that a model always packs into the same bytes.
InputRanges measure_ranges(const Graph& graph, const FamilyNames& names, const Prefixes& prefixes,
                           int threads);

/// Factors that even out inputs and weights: √(a/w) of the inputs' ranges a and those of the
/// weights w [outputs, inputs], with geometric mean one (Xiao et al., "SmoothQuant", α = ½). Ranges
/// below a hundredth of their mean count as that, and factors near one as one.
std::vector<float> smoothing_factors(const std::vector<float>& ranges, const float* weight,
                                     int64_t outputs, const backend::Backend& backend);

}  // namespace gatun::encoder
