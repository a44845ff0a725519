#include "backend/cpu/cpu_peak.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

namespace gatun::backend::cpu {
namespace {

using Clock = std::chrono::steady_clock;

/// Long enough for the clock to rise to its speed under load, short enough to miss most
/// interruptions by other processes.
constexpr double kRunSeconds = 0.01;
constexpr int kRuns = 15;

kernels::Precision kernel_precision(Precision precision) {
  switch (precision) {
    case Precision::kF32: return kernels::Precision::kF32;
    case Precision::kBf16: return kernels::Precision::kBf16;
    case Precision::kInt8: return kernels::Precision::kInt8;
  }
  return kernels::Precision::kF32;
}

/// One timed run.
struct Run {
  double operations;
  double seconds;
};

Run run(const kernels::KernelTable& kernels, kernels::Precision precision, int64_t steps) {
  const Clock::time_point start = Clock::now();
  const double operations = kernels.peak(precision, steps);
  return {operations, std::chrono::duration<double>(Clock::now() - start).count()};
}

int64_t steps_of_a_run(const kernels::KernelTable& kernels, kernels::Precision precision) {
  int64_t steps = 1024;
  while (run(kernels, precision, steps).seconds < kRunSeconds) steps *= 2;
  return steps;
}

}  // namespace

double measure_peak(const kernels::KernelTable& kernels, Precision precision, int32_t threads) {
  const kernels::Precision which = kernel_precision(precision);
  const int64_t steps = steps_of_a_run(kernels, which);
  std::vector<double> best(static_cast<size_t>(threads), 0.0);
  std::atomic<bool> go{false};
  const auto measure = [&](size_t thread) {
    go.wait(false);
    for (int i = 0; i < kRuns; ++i) {
      const Run one = run(kernels, which, steps);
      best[thread] = std::max(best[thread], one.operations / one.seconds);
    }
  };
  const auto start = [&go] {
    go = true;
    go.notify_all();
  };
  std::vector<std::jthread> others;
  try {
    for (size_t i = 1; i < best.size(); ++i) others.emplace_back(measure, i);
  } catch (...) {
    start();
    throw;
  }
  start();
  measure(0);
  others.clear();
  return std::accumulate(best.begin(), best.end(), 0.0);
}

}  // namespace gatun::backend::cpu
