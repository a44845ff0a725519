// What this CPU and operating system can run.
#pragma once

#include "kernels/kernel_table.h"

namespace gatun::kernels {

/// Tiers whose instructions the CPU has and whose registers the operating system saves (CPUID and
/// XCR0, on Linux also the permission to use AMX tiles, which this asks for).
TierSet usable_tiers();

}  // namespace gatun::kernels
