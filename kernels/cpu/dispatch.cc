#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cpu/features.h"
#include "cpu/isa/tables.h"
#include "kernels/kernel_table.h"

namespace gatun::kernels {
namespace {

/// Tables of this build in rising order; the index is the tier.
constexpr const KernelTable* kTables[] = {
    &kScalarTable,
#if GATUN_KERNELS_X86
    &kAvx2Table,
    &kAvx512Table,
#endif
};

char refusal[256];

Choice decide() {
  const Tier best = detected();
  const char* wanted = std::getenv("GATUN_ISA");
  if (wanted == nullptr || *wanted == '\0') return {table_of(best), ""};
  constexpr const char* kWords[] = {"scalar", "avx2", "avx512"};
  for (int32_t tier = 0; tier < 3; ++tier) {
    if (std::strcmp(wanted, kWords[tier]) != 0) continue;
    const KernelTable* table = table_of(static_cast<Tier>(tier));
    if (table != nullptr) return {table, ""};
    std::snprintf(refusal, sizeof refusal,
                  "GATUN_ISA=%s cannot run here: this machine and build go up to %s; "
                  "set a lower one of scalar, avx2, avx512, or unset GATUN_ISA.",
                  wanted, table_of(best)->name);
    return {nullptr, refusal};
  }
  std::snprintf(refusal, sizeof refusal,
                "GATUN_ISA=%.40s is not a known instruction set: use scalar, avx2 or avx512 "
                "(this machine and build go up to %s), or unset GATUN_ISA.",
                wanted, table_of(best)->name);
  return {nullptr, refusal};
}

}  // namespace

const Choice& choose() {
  static const Choice choice = decide();
  return choice;
}

Tier detected() {
  static const Tier best = usable_tier();
  return best;
}

const KernelTable* table_of(Tier tier) {
  const int32_t index = static_cast<int32_t>(tier);
  if (index < 0 || index > static_cast<int32_t>(detected())) return nullptr;
  if (index >= static_cast<int32_t>(sizeof kTables / sizeof *kTables)) return nullptr;
  return kTables[index];
}

}  // namespace gatun::kernels
