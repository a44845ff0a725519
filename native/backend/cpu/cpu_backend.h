// The CPU: kernels of the tier chosen at start, on the threads of a lane.
#pragma once

#include "backend/registry.h"

namespace gatun::backend::cpu {

int score();
const Backend& open();

inline constexpr Candidate kCandidate = {kBackendVersion, "cpu", &score, &open};

}  // namespace gatun::backend::cpu
