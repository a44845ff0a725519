/* Limits the instruction set as its argument says, then says which one was chosen. Apart from the
 * other tests, because the choice is made once in a process. */
#include <stdio.h>
#include <string.h>

#include "gatun.h"

int main(int count, char** arguments) {
  if (count != 2) return 2;
  gatun_error error;
  if (gatun_runtime_limit_isa(arguments[1], (int64_t)strlen(arguments[1]), &error) != GATUN_OK) {
    printf("refused: %s\n", error.message);
    return 0;
  }
  char text[4096];
  if (gatun_runtime_describe(text, sizeof(text), &error) < 0) return 1;
  puts(text);
  /* A second limit below the choice comes too late, one above it is kept. */
  if (strcmp(arguments[1], "scalar") != 0 &&
      gatun_runtime_limit_isa("scalar", 6, &error) == GATUN_OK) {
    return 1;
  }
  return gatun_runtime_limit_isa(arguments[1], (int64_t)strlen(arguments[1]), &error);
}
