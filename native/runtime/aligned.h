// Memory aligned for vector loads.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace gatun {

/// Cache line, and the widest vector register of any tier.
inline constexpr int64_t kAlignment = 64;

/// Fixed-size, 64-byte aligned array of a trivial type, not initialised: pages that are never
/// written cost nothing. Move-only. Throws std::bad_alloc when the size overflows or the system
/// refuses.
template <class T>
class Aligned {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Aligned() = default;
  explicit Aligned(int64_t count) : count_(count) {
    if (count < 0 || count > (INT64_MAX - kAlignment) / static_cast<int64_t>(sizeof(T))) {
      throw std::bad_alloc();
    }
    if (count == 0) return;
    const int64_t bytes =
        (count * static_cast<int64_t>(sizeof(T)) + kAlignment - 1) / kAlignment * kAlignment;
    void* memory = std::aligned_alloc(kAlignment, static_cast<size_t>(bytes));
    if (memory == nullptr) throw std::bad_alloc();
    data_.reset(static_cast<T*>(memory));
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  int64_t count() const { return count_; }
  int64_t bytes() const { return count_ * static_cast<int64_t>(sizeof(T)); }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T[], Free> data_;
  int64_t count_ = 0;
};

}  // namespace gatun
