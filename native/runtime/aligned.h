// Memory aligned for vector loads.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

namespace gatun {

/// Cache line, and the widest vector register of any tier.
inline constexpr int64_t kAlignment = 64;

/// Memory of so many bytes, 64-byte aligned, not initialised: pages that are never written cost
/// nothing. Large ones are pages of their own: allocators keep what is freed in the pool of the
/// thread that asked, and a process with many threads would hold the largest model once for each.
/// Throws std::bad_alloc when the system refuses.
void* allocate_aligned(int64_t bytes);
/// With the size it was allocated with.
void free_aligned(void* memory, int64_t bytes) noexcept;

/// Fixed-size array of a trivial type in such memory. Move-only. Throws std::bad_alloc when the
/// size overflows or the system refuses.
template <class T>
class Aligned {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Aligned() = default;
  explicit Aligned(int64_t count) : count_(count) {
    if (count < 0 || count > (INT64_MAX - kAlignment) / static_cast<int64_t>(sizeof(T))) {
      throw std::bad_alloc();
    }
    if (count > 0) data_ = {static_cast<T*>(allocate_aligned(bytes())), Free{bytes()}};
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  int64_t count() const { return count_; }
  int64_t bytes() const { return count_ * static_cast<int64_t>(sizeof(T)); }

 private:
  struct Free {
    int64_t bytes = 0;
    void operator()(T* memory) const { free_aligned(memory, bytes); }
  };
  std::unique_ptr<T[], Free> data_;
  int64_t count_ = 0;
};

}  // namespace gatun
