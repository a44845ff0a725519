#include "runtime/thread_pool.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <numeric>

#include "runtime/failure.h"
#if defined(__linux__)
#include <sched.h>
#endif

namespace gatun {
namespace {

TEST(ThreadPool, RunsEveryTaskOnce) {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const int64_t tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<size_t>(tasks));
      std::atomic<bool> known{true};
      pool.run(tasks, [&](int64_t task, int thread) {
        done[static_cast<size_t>(task)].fetch_add(1);
        if (thread < 0 || thread >= threads) known = false;
      });
      for (const std::atomic<int>& count : done) EXPECT_EQ(count.load(), 1);
      EXPECT_TRUE(known);
    }
  }
}

TEST(ThreadPool, ManyShortRunsSeeEachOthersWrites) {
  ThreadPool pool(4);
  std::vector<int64_t> values(64, 0);
  for (int round = 0; round < 20000; ++round) {
    pool.run(64, [&](int64_t task, int) { ++values[static_cast<size_t>((task + round) % 64)]; });
  }
  EXPECT_EQ(std::accumulate(values.begin(), values.end(), int64_t{0}), 64 * 20000);
  for (const int64_t value : values) EXPECT_EQ(value, 20000);
}

TEST(ThreadPool, ThreadsBlockSignalsAndTheCallerDoesNot) {
  ThreadPool pool(3);
  std::atomic<int> open{0};
  std::atomic<int> started{0};
  pool.run(3, [&](int64_t, int thread) {
    started.fetch_add(1);
    while (started.load() < 3) std::this_thread::yield();  // one task on each thread
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    if (sigismember(&blocked, SIGUSR1) == (thread == 0 ? 1 : 0)) open.fetch_add(1);
  });
  EXPECT_EQ(open.load(), 0);
}

#if defined(__linux__)

std::vector<int> cpus_of_this_thread() {
  cpu_set_t set;
  EXPECT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

TEST(ThreadPool, PinsEachThreadToTheNextUsableProcessor) {
  const std::vector<int> usable = cpus_of_this_thread();
  const int threads = std::min(static_cast<int>(usable.size()), 4);
  std::thread caller([&] {  // whose own affinity changes
    ThreadPool pool(threads, 0);
    std::vector<std::vector<int>> found(static_cast<size_t>(threads));
    std::atomic<int> started{0};
    pool.run(threads, [&](int64_t, int thread) {
      started.fetch_add(1);
      while (started.load() < threads) std::this_thread::yield();
      found[static_cast<size_t>(thread)] = cpus_of_this_thread();
    });
    for (size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], std::vector<int>{usable[i]});
  });
  caller.join();
  EXPECT_EQ(cpus_of_this_thread(), usable);
}

TEST(ThreadPool, RefusesToPinBeyondTheUsableProcessors) {
  std::thread caller([] {
    const std::vector<int> usable = cpus_of_this_thread();
    cpu_set_t one;  // as in a container with one processor
    CPU_ZERO(&one);
    CPU_SET(usable.back(), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
    const ThreadPool fits(1, 0);
    EXPECT_THROW(ThreadPool(2, 0), Failure);
    EXPECT_THROW(ThreadPool(1, 1), Failure);
    EXPECT_THROW(ThreadPool(1, INT32_MAX), Failure);
  });
  caller.join();
}

#endif

TEST(ThreadPool, UnusedPoolEnds) {
  for (int i = 0; i < 50; ++i) ThreadPool pool(3);
}

}  // namespace
}  // namespace gatun
