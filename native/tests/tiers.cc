// Prints the usable instruction-set tiers, one per line.
#include <cstdio>

#include "kernels/kernel_table.h"

int main() {
  for (const gatun::kernels::Tier tier : gatun::kernels::kTiers) {
    const gatun::kernels::KernelTable* table = gatun::kernels::table_of(tier);
    if (table != nullptr) std::puts(table->name);
  }
  return 0;
}
