// The table of kernels of one tier, and the choice of a tier.
#pragma once

#include "kernels/kernel_list.h"
#include "kernels/types.h"

namespace gatun::kernels {

/// Instruction-set tiers, rising within each architecture. A tier is usable when this build has it,
/// the CPU has it and the operating system saves its registers.
enum class Tier : int32_t {
  kScalar,
  kAvx2,
  kAvx512,
  kNeon,  ///< AArch64: Advanced SIMD
};

/// Every tier of every architecture, each after those it exceeds.
inline constexpr Tier kTiers[] = {Tier::kScalar, Tier::kAvx2, Tier::kAvx512, Tier::kNeon};

struct KernelTable {
  Tier tier;
  const char* name;  ///< the word of GATUN_ISA: "scalar", "avx2", "avx512", "neon"
#define GATUN_KERNEL_MEMBER(name, result, parameters) result(*name) parameters;
  GATUN_KERNEL_LIST(GATUN_KERNEL_MEMBER)
#undef GATUN_KERNEL_MEMBER
};

/// Outcome of the choice: `table` is null exactly when GATUN_ISA names something unknown or
/// unusable here; `reason` is then a full sentence in static storage.
struct Choice {
  const KernelTable* table;
  const char* reason;
};

/// Best usable tier, capped by the environment variable GATUN_ISA (scalar, avx2 and avx512, or
/// neon). Decided once per process; thread-safe.
const Choice& choose();

/// Highest tier this machine could run, whatever GATUN_ISA says.
Tier detected();

/// Table of a tier, or null when this build or this machine lacks it. For tests and benchmarks.
const KernelTable* table_of(Tier tier);

}  // namespace gatun::kernels
