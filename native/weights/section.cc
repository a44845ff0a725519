#include "weights/section.h"

#include <new>

#include "runtime/aligned.h"

namespace gatun::weights {

int64_t place(std::vector<Section>& sections) {
  int64_t end = 0;
  for (Section& section : sections) {
    section.offset = end;
    int64_t padded = 0;
    if (section.bytes < 0 || __builtin_add_overflow(section.bytes, kAlignment - 1, &padded) ||
        __builtin_add_overflow(end, padded / kAlignment * kAlignment, &end)) {
      throw std::bad_alloc();
    }
  }
  return end;
}

}  // namespace gatun::weights
