// The rule of choose(), apart from the machine and the environment it is applied to.
#pragma once

#include <cstddef>

#include "kernels/kernel_table.h"

namespace gatun::kernels {

inline constexpr size_t kReasonBytes = 320;

/// The table for the word `wanted` (null or empty: no wish) on a machine that can run `usable`.
/// Writes why there is none to `reason`, which the result then refers to.
Choice choose_among(TierSet usable, const char* wanted, char (&reason)[kReasonBytes]);

}  // namespace gatun::kernels
