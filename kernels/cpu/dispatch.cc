#include "cpu/dispatch.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cpu/features.h"
#include "cpu/isa/tables.h"

namespace gatun::kernels {
namespace {

/// Tables of this build, in rising order.
constexpr const KernelTable* kTables[] = {
    &kScalarTable,
#if GATUN_KERNELS_X86
    &kAvx2Table,   &kAvx2VnniTable, &kAvx512Table, &kAvx512VnniTable, &kAvx512Bf16Table, &kAmxTable,
#elif GATUN_KERNELS_AARCH64
    &kNeonTable,
    &kNeonDotprodTable,
    &kNeonBf16Table,
#endif
};

const KernelTable* best_of(TierSet usable) {
  const KernelTable* best = &kScalarTable;
  for (const KernelTable* table : kTables) {
    if (usable.has(table->tier)) best = table;
  }
  return best;
}

/// "scalar, avx2, …": what `usable` allows, or with every tier what this build has.
void list_words(TierSet usable, char* words, size_t capacity) {
  words[0] = '\0';
  for (const KernelTable* table : kTables) {
    if (!usable.has(table->tier)) continue;
    if (words[0] != '\0') std::strncat(words, ", ", capacity - std::strlen(words) - 1);
    std::strncat(words, table->name, capacity - std::strlen(words) - 1);
  }
}

/// Number of the highest tier that may be chosen.
std::atomic<int32_t> g_limit{INT32_MAX};

/// A tier that is named is meant, whatever the limit.
const char* environment() {
  const char* wanted = std::getenv("GATUN_ISA");
  return wanted == nullptr || *wanted == '\0' ? nullptr : wanted;
}

TierSet below(TierSet usable, int32_t limit) {
  TierSet allowed;
  for (const Tier tier : kTiers) {
    const bool within = static_cast<int32_t>(tier) <= limit || environment() != nullptr;
    if (usable.has(tier) && within) allowed.add(tier);
  }
  return allowed;
}

}  // namespace

Choice choose_among(TierSet usable, const char* wanted, char (&reason)[kReasonBytes]) {
  reason[0] = '\0';
  if (wanted == nullptr || *wanted == '\0') return {best_of(usable), reason};
  char words[128];
  list_words(usable, words, sizeof words);
  for (const KernelTable* table : kTables) {
    if (std::strcmp(wanted, table->name) != 0) continue;
    if (usable.has(table->tier)) return {table, reason};
    std::snprintf(reason, kReasonBytes,
                  "GATUN_ISA=%s cannot run here: this machine has %s; set one of these, or unset "
                  "GATUN_ISA.",
                  wanted, words);
    return {nullptr, reason};
  }
  std::snprintf(reason, kReasonBytes,
                "GATUN_ISA=%.40s is not a known instruction set: use one of %s, or unset "
                "GATUN_ISA.",
                wanted, words);
  return {nullptr, reason};
}

const Choice& choose() {
  static char reason[kReasonBytes];
  static const Choice choice = choose_among(below(usable(), g_limit.load()), environment(), reason);
  return choice;
}

const char* limit_choice(const char* word) {
  for (const KernelTable* table : kTables) {
    if (std::strcmp(word, table->name) != 0) continue;
    g_limit.store(static_cast<int32_t>(table->tier));
    const bool late = environment() == nullptr && choose().table->tier > table->tier;
    return late ? "a higher instruction set has been chosen already" : nullptr;
  }
  return "it is not an instruction set of this build";
}

TierSet usable() {
  static const TierSet tiers = usable_tiers();
  return tiers;
}

Tier detected() { return best_of(usable())->tier; }

const KernelTable* table_of(Tier tier) {
  if (!usable().has(tier)) return nullptr;
  for (const KernelTable* table : kTables) {
    if (table->tier == tier) return table;
  }
  return nullptr;
}

}  // namespace gatun::kernels
