// The table of kernels of one tier, and the choice of a tier.
#pragma once

#include "kernels/kernel_list.h"
#include "kernels/types.h"

namespace gatun::kernels {

/// Instruction-set tiers in rising order of preference. A tier is usable when the CPU has it and
/// the operating system saves its registers; a CPU may lack one below its best.
enum class Tier : int32_t {
  kScalar,
  kAvx2,         ///< AVX2, FMA, F16C
  kAvx2Vnni,     ///< and AVX-VNNI
  kAvx512,       ///< AVX-512 F, BW, DQ, VL
  kAvx512Vnni,   ///< and AVX-512 VNNI
  kAvx512Bf16,   ///< and AVX-512 BF16
  kAmx,          ///< and AMX tiles of int8 and bf16
  kNeon,         ///< AArch64: Advanced SIMD
  kNeonDotprod,  ///< and FEAT_DotProd
  kNeonBf16,     ///< and FEAT_I8MM and FEAT_BF16
};

/// Every tier of every architecture, each after those it exceeds.
inline constexpr Tier kTiers[] = {
    Tier::kScalar,     Tier::kAvx2, Tier::kAvx2Vnni, Tier::kAvx512,      Tier::kAvx512Vnni,
    Tier::kAvx512Bf16, Tier::kAmx,  Tier::kNeon,     Tier::kNeonDotprod, Tier::kNeonBf16};

struct TierSet {
  uint32_t bits = 0;

  static constexpr uint32_t bit(Tier tier) { return 1u << static_cast<uint32_t>(tier); }
  constexpr bool has(Tier tier) const {
    const auto index = static_cast<int32_t>(tier);
    return index >= 0 && index < 32 && (bits & bit(tier)) != 0;
  }
  constexpr void add(Tier tier) { bits |= bit(tier); }
};

struct KernelTable {
  Tier tier;
  const char* name;  ///< the word of GATUN_ISA: "scalar", "avx2", "avx2vnni", …
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

/// Best usable tier, or the one that the environment variable GATUN_ISA names (scalar, avx2,
/// avx2vnni, avx512, avx512vnni, avx512bf16, amx; neon, neondotprod, neonbf16). Decided once per
/// process; thread-safe.
const Choice& choose();

/// Keeps choose() from anything above the tier of this word, unless GATUN_ISA names a tier. Returns
/// why that cannot be (an unknown word; a higher tier has been chosen already), a full sentence in
/// static storage, or null. Thread-safe.
const char* limit_choice(const char* word);

/// Tiers this machine could run, and the best of them, whatever GATUN_ISA says.
TierSet usable();
Tier detected();

/// Table of a tier, or null when this build or this machine lacks it. For tests and benchmarks.
const KernelTable* table_of(Tier tier);

}  // namespace gatun::kernels
