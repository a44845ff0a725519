#include "runtime/thread_pool.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>

namespace gatun {
namespace {

constexpr uint64_t kEnd = ~uint64_t{0};
constexpr auto kSpin = std::chrono::microseconds(50);

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Blocks every signal of this thread, and so of the threads it makes, for as long as it lives.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

ThreadPool::ThreadPool(int threads) {
  const SignalsBlocked blocked;
  workers_.reserve(static_cast<size_t>(threads) - 1);
  try {
    for (int thread = 1; thread < threads; ++thread) {
      workers_.emplace_back([this, thread] { work(thread); });
    }
  } catch (...) {
    stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::start(int64_t tasks, const void* body, Call call) {
  tasks_ = tasks;
  body_ = body;
  call_ = call;
  next_task_.store(0, std::memory_order_relaxed);
  working_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
  {
    // Under the mutex, so that no thread misses the signal between its last look and its sleep.
    const std::lock_guard<std::mutex> lock(mutex_);
    round_.fetch_add(1, std::memory_order_release);
  }
  started_.notify_all();
  take_tasks(0);
  await(finished_, [this] { return working_.load(std::memory_order_acquire) == 0; });
}

void ThreadPool::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    round_.store(kEnd, std::memory_order_release);
  }
  started_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::work(int thread) {
  uint64_t seen = 0;
  for (;;) {
    await(started_, [&] { return round_.load(std::memory_order_acquire) != seen; });
    seen = round_.load(std::memory_order_acquire);
    if (seen == kEnd) return;
    take_tasks(thread);
    if (working_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      const std::lock_guard<std::mutex> lock(mutex_);
      finished_.notify_one();
    }
  }
}

void ThreadPool::take_tasks(int thread) {
  for (;;) {
    const int64_t task = next_task_.fetch_add(1, std::memory_order_relaxed);
    if (task >= tasks_) return;
    call_(body_, task, thread);
  }
}

template <class Reached>
void ThreadPool::await(std::condition_variable& signal, const Reached& reached) {
  const auto give_up = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 64; ++i) {
      if (reached()) return;
      relax();
    }
  } while (std::chrono::steady_clock::now() < give_up);
  std::unique_lock<std::mutex> lock(mutex_);
  signal.wait(lock, reached);
}

}  // namespace gatun
