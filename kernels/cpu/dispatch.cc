#include "cpu/dispatch.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cpu/features.h"
#include "cpu/isa/tables.h"

namespace gatun::kernels {
namespace {

constexpr int32_t kTiers = 3;
constexpr const char* kWords[kTiers] = {"scalar", "avx2", "avx512"};

/// Tables of this build; the index is the tier.
constexpr const KernelTable* kTables[kTiers] = {
    &kScalarTable,
#if GATUN_KERNELS_X86
    &kAvx2Table,
    &kAvx512Table,
#endif
};

}  // namespace

Choice choose_among(Tier usable, const char* wanted, char (&reason)[kReasonBytes]) {
  const int32_t best = static_cast<int32_t>(usable);
  reason[0] = '\0';
  if (wanted == nullptr || *wanted == '\0') return {kTables[best], reason};
  for (int32_t tier = 0; tier < kTiers; ++tier) {
    if (std::strcmp(wanted, kWords[tier]) != 0) continue;
    if (tier <= best) return {kTables[tier], reason};
    std::snprintf(reason, kReasonBytes,
                  "GATUN_ISA=%s cannot run here: this machine goes up to %s; set a lower one of "
                  "scalar, avx2, avx512, or unset GATUN_ISA.",
                  wanted, kWords[best]);
    return {nullptr, reason};
  }
  std::snprintf(reason, kReasonBytes,
                "GATUN_ISA=%.40s is not a known instruction set: use scalar, avx2 or avx512 (this "
                "machine goes up to %s), or unset GATUN_ISA.",
                wanted, kWords[best]);
  return {nullptr, reason};
}

const Choice& choose() {
  static char reason[kReasonBytes];
  static const Choice choice = choose_among(detected(), std::getenv("GATUN_ISA"), reason);
  return choice;
}

Tier detected() {
  static const Tier best = usable_tier();
  return best;
}

const KernelTable* table_of(Tier tier) {
  const int32_t index = static_cast<int32_t>(tier);
  if (index < 0 || index > static_cast<int32_t>(detected())) return nullptr;
  return kTables[index];
}

}  // namespace gatun::kernels
