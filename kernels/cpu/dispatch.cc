#include "cpu/dispatch.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cpu/features.h"
#include "cpu/isa/tables.h"

namespace gatun::kernels {
namespace {

/// Tables of this build in the order of kTiers, and their names for messages.
#if GATUN_KERNELS_X86
constexpr const KernelTable* kTables[] = {&kScalarTable, &kAvx2Table, &kAvx512Table};
constexpr char kWords[] = "scalar, avx2, avx512";
#elif GATUN_KERNELS_AARCH64
constexpr const KernelTable* kTables[] = {&kScalarTable, &kNeonTable};
constexpr char kWords[] = "scalar, neon";
#else
constexpr const KernelTable* kTables[] = {&kScalarTable};
constexpr char kWords[] = "scalar";
#endif

/// Table of a tier that this build has, else null.
const KernelTable* built(Tier tier) {
  for (const KernelTable* table : kTables) {
    if (table->tier == tier) return table;
  }
  return nullptr;
}

}  // namespace

Choice choose_among(Tier usable, const char* wanted, char (&reason)[kReasonBytes]) {
  const KernelTable* best = built(usable);
  reason[0] = '\0';
  if (wanted == nullptr || *wanted == '\0') return {best, reason};
  for (const KernelTable* table : kTables) {
    if (std::strcmp(wanted, table->name) != 0) continue;
    if (table->tier <= usable) return {table, reason};
    std::snprintf(reason, kReasonBytes,
                  "GATUN_ISA=%s cannot run here: this machine goes up to %s; set a lower one of "
                  "%s, or unset GATUN_ISA.",
                  wanted, best->name, kWords);
    return {nullptr, reason};
  }
  std::snprintf(reason, kReasonBytes,
                "GATUN_ISA=%.40s is not a known instruction set: use one of %s (this machine "
                "goes up to %s), or unset GATUN_ISA.",
                wanted, kWords, best->name);
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

const KernelTable* table_of(Tier tier) { return tier <= detected() ? built(tier) : nullptr; }

}  // namespace gatun::kernels
