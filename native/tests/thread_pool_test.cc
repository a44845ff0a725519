#include "runtime/thread_pool.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <numeric>

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

TEST(ThreadPool, UnusedPoolEnds) {
  for (int i = 0; i < 50; ++i) ThreadPool pool(3);
}

}  // namespace
}  // namespace gatun
