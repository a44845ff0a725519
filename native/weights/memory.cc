#include "weights/memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "runtime/failure.h"

namespace gatun::weights {
namespace {

/// Below this, large pages would waste more memory than they save time.
constexpr int64_t kLargePagesFrom = int64_t{8} << 20;

}  // namespace

Memory Memory::of_this_process(int64_t bytes) {
  Memory memory;
  if (bytes == 0) return memory;
  void* pages = ::mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  // Packed weights are read from end to end in every pass, through few TLB entries.
  if (bytes >= kLargePagesFrom) ::madvise(pages, static_cast<size_t>(bytes), MADV_HUGEPAGE);
  memory.pages_ = static_cast<std::byte*>(pages);
  memory.bytes_ = bytes;
  return memory;
}

Memory Memory::of_file(int descriptor, int64_t bytes, int64_t payload, bool writable) {
  const int access = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  void* pages = ::mmap(nullptr, static_cast<size_t>(bytes), access, MAP_SHARED, descriptor, 0);
  if (pages == MAP_FAILED) {
    throw Failure(ErrorCode::kIo, std::string("it cannot be mapped: ") + std::strerror(errno));
  }
  Memory memory;
  memory.pages_ = static_cast<std::byte*>(pages);
  memory.bytes_ = bytes;
  memory.payload_ = payload;
  memory.shared_ = true;
  return memory;
}

Memory::Memory(Memory&& other) noexcept { *this = std::move(other); }

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(pages_, other.pages_);
  std::swap(bytes_, other.bytes_);
  std::swap(payload_, other.payload_);
  std::swap(shared_, other.shared_);
  return *this;
}

Memory::~Memory() {
  if (pages_ != nullptr) ::munmap(pages_, static_cast<size_t>(bytes_));
}

std::span<const std::byte> Memory::payload() const {
  return {pages_ + payload_, static_cast<size_t>(bytes_ - payload_)};
}

std::span<std::byte> Memory::writable() {
  return {pages_ + payload_, static_cast<size_t>(bytes_ - payload_)};
}

void Memory::protect() {
  if (pages_ != nullptr) ::mprotect(pages_, static_cast<size_t>(bytes_), PROT_READ);
}

void Memory::read_ahead() const {
  if (pages_ != nullptr) ::madvise(pages_, static_cast<size_t>(bytes_), MADV_WILLNEED);
}

}  // namespace gatun::weights
