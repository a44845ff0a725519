// How far a long load is.
#pragma once

#include <atomic>
#include <cstdint>

namespace gatun::weights {

/// Counts bytes of work. Safe for many threads.
class Progress {
 public:
  /// `watched`: null, or two values for somebody else to read while we work: done, in all.
  explicit Progress(int64_t* watched) : watched_(watched) {}

  /// Announces work.
  void expect(int64_t bytes) { add(1, bytes); }
  /// Counts work as done.
  void advance(int64_t bytes) { add(0, bytes); }

 private:
  void add(int index, int64_t bytes) {
    if (watched_ == nullptr) return;
    std::atomic_ref<int64_t>(watched_[index]).fetch_add(bytes, std::memory_order_relaxed);
  }

  int64_t* watched_;
};

}  // namespace gatun::weights
