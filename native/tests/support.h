// What the tests of the C interface share: handles, golden files, folders to damage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gatun.h"
#include "model/json.h"

namespace gatun::tests {

struct CloseModel {
  void operator()(gatun_model* model) const { gatun_model_close(model); }
};
struct CloseLane {
  void operator()(gatun_lane* lane) const { gatun_lane_close(lane); }
};
struct CloseTask {
  void operator()(gatun_task* task) const { gatun_task_close(task); }
};
using TaskHandle = std::unique_ptr<gatun_task, CloseTask>;
using ModelHandle = std::unique_ptr<gatun_model, CloseModel>;
using LaneHandle = std::unique_ptr<gatun_lane, CloseLane>;

/// Null on failure, with `error` filled.
ModelHandle open_model(const std::filesystem::path& folder, gatun_error* error);
/// Fails the test on failure.
ModelHandle open_model(const std::filesystem::path& folder);
/// With a cache of packed weights, unless `cache` is empty; null on failure.
ModelHandle open_cached(const std::filesystem::path& folder, const std::filesystem::path& cache,
                        gatun_error* error, int32_t precision = GATUN_PRECISION_FP32);
/// gatun_model_origin, parsed.
model::Json origin(const gatun_model* model);
LaneHandle open_lane(int threads);
gatun_model_info describe(const gatun_model* model);

/// Null on failure, with `error` filled.
TaskHandle open_task(const gatun_model* model, const std::filesystem::path& folder, int32_t form,
                     gatun_error* error);
/// Fails the test on failure.
TaskHandle open_task(const gatun_model* model, const std::filesystem::path& folder,
                     int32_t form = GATUN_TASK_LOW_RANK);
gatun_task_info describe(const gatun_task* task);

/// A batch that owns its arrays.
struct PackedBatch {
  std::vector<int32_t> ids;
  std::vector<int32_t> types;
  std::vector<int32_t> offsets = {0};

  /// `types` empty: all zero.
  void add(const std::vector<int32_t>& sequence, const std::vector<int32_t>& sequence_types = {});
  gatun_batch view() const;
  int64_t tokens() const { return static_cast<int64_t>(ids.size()); }
  int64_t sequences() const { return static_cast<int64_t>(offsets.size()) - 1; }
};

/// One output of a run, sized for any kind.
struct Result {
  std::vector<float> values;
  int64_t rows = 0;
  int64_t columns = 0;

  bool operator==(const Result&) const = default;
};

/// Room for the outputs of a pass. `kinds` are pairs of kind and layer.
class Outputs {
 public:
  Outputs(const gatun_model* model, const PackedBatch& batch,
          const std::vector<std::pair<int32_t, int32_t>>& kinds);

  gatun_output* data() { return structs_.data(); }
  int32_t count() const { return static_cast<int32_t>(structs_.size()); }
  /// What a finished pass has filled; leaves nothing behind.
  std::vector<Result> take();

 private:
  std::vector<Result> results_;
  std::vector<gatun_output> structs_;
};

/// Runs and fails the test on failure. `kinds` are pairs of kind and layer.
std::vector<Result> run(gatun_lane* lane, const gatun_model* model, const PackedBatch& batch,
                        const std::vector<std::pair<int32_t, int32_t>>& kinds);

struct GoldenInput {
  std::string id;
  std::vector<int32_t> ids;
  std::vector<int32_t> types;
};

/// A case folder in memory.
struct GoldenCase {
  std::vector<GoldenInput> inputs;
  std::map<std::string, std::vector<float>> outputs;
  std::vector<std::vector<std::string>> batches;

  const GoldenInput& input(const std::string& id) const;
};

GoldenCase read_case(const std::filesystem::path& folder);

/// The repository's own golden set.
std::filesystem::path own_golden_set();

/// The golden sets to test against: the repository's own, and the larger one where it is present.
/// A set that is absent is named on the standard output.
std::vector<std::filesystem::path> golden_sets();

/// Whole file as bytes; whole file from bytes.
std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& bytes);
model::Json read_json(const std::filesystem::path& file);

/// Edits the JSON header of a safetensors file; the tensors stay as they are.
void rewrite_header(const std::filesystem::path& file,
                    const std::function<std::string(const std::string&)>& edit);
/// `text` with every `from` replaced; fails the test when there is none.
std::string replaced(std::string text, const std::string& from, const std::string& to);

/// A folder that is removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  explicit TemporaryFolder(const std::filesystem::path& copy_of);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gatun::tests
