// Memory that notices accesses outside it, and numbers to fill it with.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "kernels/kernel_table.h"

namespace gatun::kernels {

/// Elements that end at an inaccessible page: reading or writing past the end ends the process,
/// whatever instruction does it. Before the first element lies a zone that must stay untouched.
template <class T>
class Fenced {
 public:
  explicit Fenced(int64_t count) : count_(count) {
    const int64_t page = sysconf(_SC_PAGESIZE);
    const int64_t bytes = count * static_cast<int64_t>(sizeof(T));
    accessible_ = (bytes + kZone + page - 1) / page * page;
    mapped_ = accessible_ + page;
    base_ = static_cast<char*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED || mprotect(base_ + accessible_, page, PROT_NONE) != 0) abort();
    std::memset(base_, kFill, accessible_);
    data_ = reinterpret_cast<T*>(base_ + accessible_ - bytes);
  }
  Fenced(Fenced&& other) noexcept { *this = std::move(other); }
  Fenced& operator=(Fenced&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    std::swap(accessible_, other.accessible_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~Fenced() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](int64_t i) { return data_[i]; }
  const T& operator[](int64_t i) const { return data_[i]; }
  int64_t size() const { return count_; }
  T* begin() { return data_; }
  T* end() { return data_ + count_; }

  /// True while nothing wrote before the first element.
  bool intact() const {
    for (const char* p = base_; p < reinterpret_cast<const char*>(data_); ++p) {
      if (*p != kFill) return false;
    }
    return true;
  }

 private:
  static constexpr int64_t kZone = 256;
  static constexpr char kFill = 0x5a;

  char* base_ = nullptr;
  T* data_ = nullptr;
  int64_t count_ = 0, accessible_ = 0, mapped_ = 0;
};

using Floats = Fenced<float>;

/// Same numbers in every run and on every platform.
class Numbers {
 public:
  explicit Numbers(uint32_t seed) : bits_(seed) {}

  /// Uniform in [−1, 1).
  float next() { return static_cast<float>(static_cast<int32_t>(bits_())) * 0x1p-31f; }

  Floats floats(int64_t count, float scale = 1.0f, float offset = 0.0f) {
    Floats values(count);
    for (float& x : values) x = offset + scale * next();
    return values;
  }

 private:
  std::mt19937 bits_;
};

/// Unit roundoff of fp32.
inline constexpr double kUnit = 0x1p-24;

/// Higham's γₙ: relative error of n roundings in a row.
inline double gamma_bound(double n) { return n * kUnit / (1 - n * kUnit); }

inline std::vector<Tier> tiers_here() {
  std::vector<Tier> tiers;
  for (Tier tier : kTiers) {
    if (table_of(tier) != nullptr) tiers.push_back(tier);
  }
  return tiers;
}

/// A test that runs on every tier of this machine.
class EveryTier : public testing::TestWithParam<Tier> {
 protected:
  const KernelTable& kernels() const { return *table_of(GetParam()); }
};

/// How GoogleTest prints a tier, and the name of a test on it.
inline void PrintTo(Tier tier, std::ostream* out) { *out << table_of(tier)->name; }

inline std::string tier_name(const testing::TestParamInfo<Tier>& info) {
  return table_of(info.param)->name;
}

}  // namespace gatun::kernels

#define GATUN_ON_EVERY_TIER(Suite) \
  INSTANTIATE_TEST_SUITE_P(, Suite, testing::ValuesIn(tiers_here()), tier_name)
