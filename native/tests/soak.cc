// Random use of the C interface for a long time: gatun_soak MINUTES SEED, or gatun_soak --steps N
// SEED for so many steps of each thread. Models and tasks open and close, lanes too; passes run,
// pause, go on and are cancelled; results are looked at; wrong calls have to be refused. Fails on
// any error, and when memory still grows after the first quarter of the time. Meant for the asan
// preset as well.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "tests/support.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Random = std::mt19937_64;

constexpr int kThreads = 3;
constexpr size_t kPlaces = 6;
constexpr int64_t kTokensMax = 700;
constexpr int64_t kSequencesMax = 6;
constexpr size_t kOutputsMax = 5;

/// Memory that fills and then stays: after this share of the time it may not grow any more.
constexpr double kWarmUp = 0.25;
constexpr double kBoundMebibytes = 12;
constexpr double kBoundShare = 0.04;

int64_t below(Random& random, int64_t bound) {
  return bound <= 0 ? 0 : static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
}

/// Counts what happens; the first failures are printed with what led to them.
struct Counts {
  std::atomic<int64_t> runs{0}, passes{0}, cancelled{0}, refused{0}, opened{0}, failed{0};

  void fail(const std::string& what) {
    if (failed.fetch_add(1) < 20) std::fprintf(stderr, "failed: %s\n", what.c_str());
  }
};

/// A model with tasks over it, closed when its last user lets go.
struct Opened {
  ModelHandle model;
  std::vector<TaskHandle> tasks;
  gatun_model_info info{};
};

/// Folders to open, and adapters that open over them.
struct Source {
  fs::path model;
  std::vector<fs::path> adapters;
};

ModelHandle open_in(const fs::path& folder, int32_t precision, gatun_error* error) {
  const std::string name = folder.string();
  gatun_model_options options{};
  options.precision = precision;
  options.threads = 2;
  return ModelHandle(gatun_model_open(name.data(), static_cast<int64_t>(name.size()), &options,
                                      sizeof(options), error));
}

std::vector<Source> sources() {
  std::vector<Source> found;
  gatun_error error;
  for (const fs::path& set : golden_sets()) {
    for (const fs::directory_entry& entry : fs::directory_iterator(set / "models")) {
      const ModelHandle model = open_in(entry.path(), GATUN_PRECISION_FP32, &error);
      if (!model) continue;  // a family that is not computed here
      Source source{entry.path(), {}};
      if (fs::exists(set / "adapters")) {
        for (const fs::directory_entry& adapter : fs::directory_iterator(set / "adapters")) {
          if (open_task(model.get(), adapter.path(), GATUN_TASK_LOW_RANK, &error)) {
            source.adapters.push_back(adapter.path());
          }
        }
      }
      found.push_back(std::move(source));
    }
  }
  return found;
}

/// Models that come and go.
class Pool {
 public:
  Pool(std::vector<Source> from, Counts& counts) : sources_(std::move(from)), counts_(counts) {
    Random random(1);
    for (auto& place : places_) place = open(random);
  }

  std::shared_ptr<const Opened> any(Random& random) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return places_[static_cast<size_t>(below(random, kPlaces))];
  }

  void renew(Random& random) {
    std::shared_ptr<const Opened> fresh = open(random);
    const auto place = static_cast<size_t>(below(random, kPlaces));
    const std::lock_guard<std::mutex> lock(mutex_);
    places_[place].swap(fresh);
  }

 private:
  std::shared_ptr<const Opened> open(Random& random) {
    const Source& source =
        sources_[static_cast<size_t>(below(random, static_cast<int64_t>(sources_.size())))];
    gatun_error error;
    auto opened = std::make_shared<Opened>();
    const auto precision = static_cast<int32_t>(GATUN_PRECISION_FP32 + below(random, 3));
    opened->model = open_in(source.model, precision, &error);
    if (!opened->model && error.code == GATUN_ERROR_UNSUPPORTED) {
      opened->model = open_in(source.model, GATUN_PRECISION_FP32, &error);
    }
    if (!opened->model) throw std::runtime_error(source.model.string() + ": " + error.message);
    opened->info = describe(opened->model.get());
    for (const fs::path& adapter : source.adapters) {
      const auto form = static_cast<int32_t>(GATUN_TASK_LOW_RANK + below(random, 3));
      opened->tasks.push_back(open_task(opened->model.get(), adapter, form, &error));
      if (!opened->tasks.back()) counts_.fail(adapter.string() + ": " + error.message);
    }
    counts_.opened.fetch_add(1);
    return opened;
  }

  const std::vector<Source> sources_;
  Counts& counts_;
  std::mutex mutex_;
  std::array<std::shared_ptr<const Opened>, kPlaces> places_;
};

/// Room for one pass: what is asked, and the results.
struct Request {
  PackedBatch batch;
  std::vector<std::vector<float>> values;
  std::vector<gatun_output> outputs;

  Request(const Opened& opened, Random& random) {
    const gatun_model_info& info = opened.info;
    const int64_t count = 1 + below(random, kSequencesMax);
    int64_t left = kTokensMax;
    for (int64_t i = 0; i < count && left > 0; ++i) {
      const int64_t longest = std::min<int64_t>(left, info.positions_max);
      const double exponent = static_cast<double>(below(random, 1000)) / 1000;
      const auto length = static_cast<int64_t>(std::pow(static_cast<double>(longest), exponent));
      std::vector<int32_t> ids(static_cast<size_t>(std::max<int64_t>(length, 1)));
      for (int32_t& id : ids) id = static_cast<int32_t>(below(random, info.vocabulary));
      left -= static_cast<int64_t>(ids.size());
      batch.add(ids);
    }
    const auto wanted = static_cast<size_t>(1 + below(random, kOutputsMax));
    values.resize(wanted);
    for (size_t i = 0; i < wanted; ++i) outputs.push_back(output(opened, random, values[i]));
  }

  gatun_output output(const Opened& opened, Random& random, std::vector<float>& room) const {
    const gatun_model_info& info = opened.info;
    gatun_output out{};
    const auto tasks = static_cast<int64_t>(opened.tasks.size());
    const int64_t task = below(random, tasks + 1);
    int32_t labels = info.labels;
    bool has_head = info.head != GATUN_HEAD_NONE, pools = info.pooling != GATUN_POOLING_NONE;
    if (task < tasks) {
      out.task = opened.tasks[static_cast<size_t>(task)].get();
      const gatun_task_info facts = describe(out.task);
      labels = facts.labels;
      has_head = facts.head != GATUN_HEAD_NONE;
      pools = facts.pooling != GATUN_POOLING_NONE;
    }
    const int64_t kind = below(random, 3);
    out.kind = kind == 0 && has_head ? GATUN_OUTPUT_LOGITS
               : kind == 1 && pools  ? GATUN_OUTPUT_EMBEDDING
                                     : GATUN_OUTPUT_HIDDEN;
    out.layer = out.kind == GATUN_OUTPUT_HIDDEN ? GATUN_LAYER_FINAL : 0;
    room.resize(static_cast<size_t>(batch.tokens() * std::max(info.hidden_size, labels)));
    out.values = room.data();
    out.capacity = static_cast<int64_t>(room.size());
    return out;
  }

  bool finite() const {
    for (const gatun_output& out : outputs) {
      if (out.rows * out.columns <= 0) return false;
      for (int64_t i = 0; i < out.rows * out.columns; ++i) {
        if (!std::isfinite(out.values[i])) return false;
      }
    }
    return true;
  }
};

/// One thread with a lane of its own.
class User {
 public:
  User(uint64_t seed, Pool& pool, Counts& counts)
      : random_(seed), pool_(pool), counts_(counts), lane_(open()) {}

  void step() {
    const int64_t kind = below(random_, 100);
    if (kind < 2) {
      lane_.reset();
      lane_ = open();
    } else if (kind < 6) {
      pool_.renew(random_);
    } else if (kind < 10) {
      wrong();
    } else if (kind < 30) {
      pass();
    } else {
      run();
    }
  }

 private:
  LaneHandle open() { return open_lane(static_cast<int>(1 + below(random_, 3))); }

  void run() {
    const std::shared_ptr<const Opened> opened = pool_.any(random_);
    Request request(*opened, random_);
    const gatun_batch view = request.batch.view();
    if (gatun_lane_run(lane_.get(), opened->model.get(), &view, request.outputs.data(),
                       static_cast<int32_t>(request.outputs.size()), &error_) != GATUN_OK) {
      counts_.fail(error_.message);
    } else if (!request.finite()) {
      counts_.fail("a result is empty or not finite");
    }
    counts_.runs.fetch_add(1);
  }

  /// A pass in slices, others in between, sometimes given up.
  void pass() {
    const std::shared_ptr<const Opened> opened = pool_.any(random_);
    Request request(*opened, random_);
    const gatun_batch view = request.batch.view();
    if (gatun_lane_begin(lane_.get(), opened->model.get(), &view, request.outputs.data(),
                         static_cast<int32_t>(request.outputs.size()), &error_) != GATUN_OK) {
      return counts_.fail(error_.message);
    }
    for (;;) {
      const int32_t status = gatun_lane_advance(lane_.get(), below(random_, 300), &error_);
      if (status == GATUN_OK) break;
      if (status != GATUN_PAUSED) return counts_.fail(error_.message);
      const int64_t next = below(random_, 10);
      if (next == 0) {
        if (gatun_lane_cancel(lane_.get(), &error_) != GATUN_OK) counts_.fail(error_.message);
        counts_.cancelled.fetch_add(1);
        return;
      }
      if (next < 4) run();
    }
    if (!request.finite()) counts_.fail("a result of a paused pass is empty or not finite");
    counts_.passes.fetch_add(1);
  }

  /// What breaks the contract is refused, and changes nothing.
  void wrong() {
    const std::shared_ptr<const Opened> opened = pool_.any(random_);
    Request request(*opened, random_);
    gatun_batch view = request.batch.view();
    switch (below(random_, 4)) {
      case 0: request.batch.ids.back() = opened->info.vocabulary; break;
      case 1: view.offset_count -= 1; break;
      case 2: request.outputs.back().capacity = 0; break;
      default: request.outputs.back().kind = 77;
    }
    if (gatun_lane_run(lane_.get(), opened->model.get(), &view, request.outputs.data(),
                       static_cast<int32_t>(request.outputs.size()),
                       &error_) != GATUN_ERROR_ARGUMENT) {
      counts_.fail("a wrong call was not refused");
    }
    counts_.refused.fetch_add(1);
  }

  Random random_;
  Pool& pool_;
  Counts& counts_;
  LaneHandle lane_;
  gatun_error error_{};
};

/// Seconds and resident mebibytes.
using Samples = std::vector<std::pair<double, double>>;

double rss_mebibytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// Whether the line through the samples after the warm-up rises by more than the bound.
bool grows(const Samples& samples) {
  double count = 0, mean_x = 0, mean_y = 0, covariance = 0, variance = 0;
  const double end = samples.empty() ? 0 : samples.back().first, start = end * kWarmUp;
  const auto late = [&](const auto& each) {
    for (const auto& [x, y] : samples) {
      if (x >= start) each(x, y);
    }
  };
  late([&](double x, double y) { count += 1, mean_x += x, mean_y += y; });
  mean_x /= std::max(count, 1.0), mean_y /= std::max(count, 1.0);
  late([&](double x, double y) {
    covariance += (x - mean_x) * (y - mean_y);
    variance += (x - mean_x) * (x - mean_x);
  });
  const double growth = variance == 0 ? 0 : covariance / variance * (end - start);
  const double bound = std::max(kBoundMebibytes, kBoundShare * mean_y);
  std::printf("memory: %.0f MB on average, %+.1f MB from %.0f s to the end, %.1f allowed\n", mean_y,
              growth, start, bound);
  return growth > bound;
}

std::string text(const Counts& counts) {
  return std::to_string(counts.runs) + " runs, " + std::to_string(counts.passes) +
         " paused passes, " + std::to_string(counts.cancelled) + " cancelled, " +
         std::to_string(counts.refused) + " refused, " + std::to_string(counts.opened) +
         " models opened, " + std::to_string(counts.failed) + " failed";
}

/// Samples memory every second until the end, which `ended` announces.
Samples watch(double seconds, std::atomic<bool>& ended, const Counts& counts) {
  Samples samples;
  std::mutex mutex;
  std::condition_variable never;
  const Clock::time_point start = Clock::now();
  double now = 0;
  while (now < seconds) {
    std::unique_lock<std::mutex> lock(mutex);
    never.wait_for(lock, std::chrono::seconds(1));
    now = std::chrono::duration<double>(Clock::now() - start).count();
    samples.emplace_back(now, rss_mebibytes());
    if (samples.size() % 30 == 0) {
      std::fprintf(stderr, "%.0f of %.0f s: %.0f MB, %s\n", now, seconds, samples.back().second,
                   text(counts).c_str());
    }
  }
  ended = true;
  return samples;
}

int soak(double seconds, int64_t steps, uint64_t seed) {
  Counts counts;
  std::atomic<bool> ended{false};
  Pool pool(sources(), counts);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      User user(seed * kThreads + static_cast<uint64_t>(i), pool, counts);
      for (int64_t step = 0; step != steps && !ended; ++step) user.step();
    });
  }
  const auto samples = steps < 0 ? watch(seconds, ended, counts) : Samples();
  for (std::thread& thread : threads) thread.join();
  std::printf("%s\n", text(counts).c_str());
  const bool growing = steps < 0 && grows(samples);
  const bool passed = counts.failed == 0 && !growing;
  std::printf("%s\n", passed ? "passed" : "failed");
  return passed ? 0 : 1;
}

}  // namespace
}  // namespace gatun::tests

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--steps") == 0) {
    return gatun::tests::soak(0, std::atoll(argv[2]), std::strtoull(argv[3], nullptr, 10));
  }
  if (argc == 3 && std::atof(argv[1]) > 0) {
    return gatun::tests::soak(std::atof(argv[1]) * 60, -1, std::strtoull(argv[2], nullptr, 10));
  }
  std::fprintf(stderr, "usage: gatun_soak MINUTES SEED | gatun_soak --steps N SEED\n");
  return 2;
}
