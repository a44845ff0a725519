// The threads of one lane.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace gatun {

/// Persistent threads that share numbered tasks with the caller. One caller at a time.
///
/// Between two runs the threads spin for at most 50 µs, because the steps of one forward pass
/// follow each other within a few microseconds, and then sleep. A run does not wait for threads
/// that wake too late to take part, so that a machine that is busy with other things does not hold
/// it up. They block all signals, so the process' handlers (the JVM's among them) never run on
/// them.
class ThreadPool {
 public:
  /// `threads` ≥ 1 counts the caller; throws std::system_error when a thread cannot be made. With
  /// `first_cpu` ≥ 0 thread i, the caller being 0, is pinned to processor first_cpu + i of those
  /// that the caller may use; throws Failure (ErrorCode::kArgument) when there are not as many.
  explicit ThreadPool(int threads, int first_cpu = -1);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls body(task, thread) for every task 0 … tasks−1, each once, on any thread 0 … threads()−1,
  /// and returns when all are done. The body must not throw.
  template <class Body>
  void run(int64_t tasks, const Body& body) {
    if (tasks <= 1 || workers_.empty()) {
      for (int64_t task = 0; task < tasks; ++task) body(task, 0);
      return;
    }
    start(tasks, &body, [](const void* b, int64_t task, int thread) {
      (*static_cast<const Body*>(b))(task, thread);
    });
  }

 private:
  using Call = void (*)(const void* body, int64_t task, int thread);

  // state_: the number of the round, whether threads may enter it, and how many are in it.
  static constexpr uint32_t kActive = (1U << 10) - 1;
  static constexpr uint32_t kOpen = 1U << 10;
  static constexpr uint32_t kRound = 1U << 11;
  static uint32_t round_of(uint32_t state) { return state / kRound; }

  void start(int64_t tasks, const void* body, Call call);
  void open_round();
  void stop();
  void work(int thread);
  void take_tasks(int thread);
  /// Waits until `reached` holds of the state and returns that: spins first, then sleeps.
  template <class Reached>
  uint32_t await(const Reached& reached);

  std::vector<std::thread> workers_;
  std::atomic<uint32_t> state_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> next_task_{0};
  int64_t tasks_ = 0;
  const void* body_ = nullptr;
  Call call_ = nullptr;
};

}  // namespace gatun
