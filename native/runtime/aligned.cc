#include "runtime/aligned.h"

#include <sys/mman.h>

#include <cstdlib>

namespace gatun {
namespace {

#if defined(__SANITIZE_ADDRESS__)
/// The sanitizer sees the bounds of what it allocates itself.
constexpr int64_t kPagesFrom = INT64_MAX;
#else
constexpr int64_t kPagesFrom = int64_t{256} << 10;
#endif

}  // namespace

void* allocate_aligned(int64_t bytes) {
  void* memory;
  if (bytes >= kPagesFrom) {
    memory = ::mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return memory;
  }
  const int64_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  memory = std::aligned_alloc(kAlignment, static_cast<size_t>(whole));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_aligned(void* memory, int64_t bytes) noexcept {
  if (bytes >= kPagesFrom) {
    ::munmap(memory, static_cast<size_t>(bytes));
  } else {
    std::free(memory);
  }
}

}  // namespace gatun
