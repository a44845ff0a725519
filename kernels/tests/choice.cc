// Prints the tier this process chose, or why it could not choose; exit status 1 then.
#include <cstdio>

#include "kernels/kernel_table.h"

int main() {
  const gatun::kernels::Choice& choice = gatun::kernels::choose();
  if (choice.table == nullptr) {
    std::fprintf(stderr, "%s\n", choice.reason);
    return 1;
  }
  std::printf("%s\n", choice.table->name);
  return 0;
}
