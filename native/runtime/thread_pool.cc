#include "runtime/thread_pool.h"

#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

#include "runtime/failure.h"
#if defined(__linux__)
#include <sched.h>
#endif

namespace gatun {
namespace {

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

#if defined(__linux__)

/// Numbers of the processors first … first+count−1 of those that this thread may use.
std::vector<int> usable_cpus(int first, int count) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) {
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
  }
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  if (count > static_cast<int>(cpus.size()) - first) {
    throw Failure(ErrorCode::kArgument,
                  "a lane of " + std::to_string(count) +
                      " threads cannot be pinned from processor " + std::to_string(first) +
                      " on: " + std::to_string(cpus.size()) + " processors may be used");
  }
  return {cpus.begin() + first, cpus.begin() + first + count};
}

void pin(pthread_t thread, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (const int status = pthread_setaffinity_np(thread, sizeof(set), &set); status != 0) {
    throw std::system_error(status, std::generic_category(), "pthread_setaffinity_np");
  }
}

#else

std::vector<int> usable_cpus(int, int) {
  throw Failure(ErrorCode::kUnsupported, "threads cannot be pinned on this system");
}

void pin(pthread_t, int) {}

#endif

}  // namespace

ThreadPool::ThreadPool(int threads, int first_cpu) {
  const std::vector<int> cpus =
      first_cpu < 0 ? std::vector<int>() : usable_cpus(first_cpu, threads);
  const SignalsBlocked blocked;
  workers_.reserve(static_cast<size_t>(threads) - 1);
  try {
    for (int thread = 1; thread < threads; ++thread) {
      workers_.emplace_back([this, thread] { work(thread); });
    }
    for (size_t i = 0; i < cpus.size(); ++i) {
      pin(i == 0 ? pthread_self() : workers_[i - 1].native_handle(), cpus[i]);
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
  open_round();
  take_tasks(0);
  // Only threads that came in time are waited for: one that still sleeps has nothing to do here.
  state_.fetch_and(~kOpen, std::memory_order_acq_rel);
  await([](uint32_t state) { return (state & kActive) == 0; });
}

void ThreadPool::open_round() {
  const uint32_t round = state_.load(std::memory_order_relaxed) & ~(kOpen | kActive);
  state_.store((round + kRound) | kOpen, std::memory_order_release);
  state_.notify_all();
}

void ThreadPool::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  open_round();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::work(int thread) {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), "gatun-compute");
#endif
  uint32_t seen = 0;
  for (;;) {
    uint32_t state =
        await([seen](uint32_t now) { return (now & kOpen) != 0 && round_of(now) != seen; });
    // The round may end, or others may enter, before this thread does.
    if (!state_.compare_exchange_weak(state, state + 1, std::memory_order_acquire)) continue;
    seen = round_of(state);
    if (stopping_.load(std::memory_order_relaxed)) return;
    take_tasks(thread);
    const uint32_t left = state_.fetch_sub(1, std::memory_order_acq_rel);
    if ((left & kOpen) == 0 && (left & kActive) == 1) state_.notify_all();
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
uint32_t ThreadPool::await(const Reached& reached) {
  const auto give_up = std::chrono::steady_clock::now() + kSpin;
  uint32_t state = 0;
  do {
    for (int i = 0; i < 64; ++i) {
      state = state_.load(std::memory_order_acquire);
      if (reached(state)) return state;
      relax();
    }
  } while (std::chrono::steady_clock::now() < give_up);
  while (!reached(state)) {
    state_.wait(state, std::memory_order_acquire);
    state = state_.load(std::memory_order_acquire);
  }
  return state;
}

}  // namespace gatun
