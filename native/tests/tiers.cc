// Prints the usable instruction-set tiers, one per line.
#include <cstdio>
#include <initializer_list>

#include "kernels/kernel_table.h"

int main() {
  using gatun::kernels::Tier;
  for (const Tier tier : {Tier::kScalar, Tier::kAvx2, Tier::kAvx512}) {
    const gatun::kernels::KernelTable* table = gatun::kernels::table_of(tier);
    if (table != nullptr) std::puts(table->name);
  }
  return 0;
}
