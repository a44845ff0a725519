/* gatun.h is C11 without extensions, and a C program can use it. */
#include <stdio.h>
#include <string.h>

#include "gatun.h"

int main(void) {
  gatun_error error;
  char text[512];
  if (gatun_abi_version() != GATUN_ABI_VERSION) return 1;
  if (gatun_runtime_describe(text, (int64_t)sizeof text, &error) < 0) {
    fprintf(stderr, "%s\n", error.message);
    return 2;
  }
  if (error.code != GATUN_OK || error.message[0] != '\0') return 3;
  if (gatun_model_open("no such folder", (int64_t)strlen("no such folder"), NULL, 0, &error))
    return 4;
  if (error.code != GATUN_ERROR_IO || strstr(error.message, "no such folder") == NULL) return 5;
  gatun_model_close(NULL);
  gatun_lane_close(NULL);
  puts(text);
  return 0;
}
