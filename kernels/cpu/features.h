// What this CPU and operating system can run.
#pragma once

#include "kernels/kernel_table.h"

namespace gatun::kernels {

/// Highest tier that the CPU has and whose registers the operating system saves (x86: CPUID and
/// XCR0; AArch64: what Linux reports).
Tier usable_tier();

}  // namespace gatun::kernels
