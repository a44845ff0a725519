// The CPU: kernels of the tier chosen at start, on the threads of a lane.
#pragma once

#include <string>

#include "backend/registry.h"

namespace gatun::backend::cpu {

int score();
const Backend& open();
/// As limit_isa() of the registry.
void limit_isa(const std::string& name);

inline constexpr Candidate kCandidate = {kBackendVersion, "cpu", &score, &open};

}  // namespace gatun::backend::cpu
