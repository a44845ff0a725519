#include "tests/support.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "model/safetensors.h"

// Under AddressSanitizer a refused allocation is a null pointer, as it is without.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace gatun::tests {

namespace fs = std::filesystem;

ModelHandle open_model(const fs::path& folder, gatun_error* error) {
  const std::string name = folder.string();
  return ModelHandle(
      gatun_model_open(name.data(), static_cast<int64_t>(name.size()), nullptr, 0, error));
}

ModelHandle open_model(const fs::path& folder) {
  gatun_error error;
  ModelHandle model = open_model(folder, &error);
  EXPECT_NE(model, nullptr) << folder << ": " << error.message;
  return model;
}

ModelHandle open_cached(const fs::path& folder, const fs::path& cache, gatun_error* error,
                        int32_t precision) {
  const std::string name = folder.string();
  const std::string directory = cache.string();
  gatun_model_options options{};
  options.precision = precision;
  options.threads = 2;
  if (!directory.empty()) {
    options.cache_directory = directory.data();
    options.cache_directory_length = static_cast<int64_t>(directory.size());
  }
  return ModelHandle(gatun_model_open(name.data(), static_cast<int64_t>(name.size()), &options,
                                      sizeof(options), error));
}

model::Json origin(const gatun_model* model) {
  gatun_error error;
  std::string text(1 << 16, '\0');
  const int64_t length =
      gatun_model_origin(model, text.data(), static_cast<int64_t>(text.size()), &error);
  EXPECT_GT(length, 0) << error.message;
  return model::parse_json(text.substr(0, static_cast<size_t>(length)), "origin");
}

TaskHandle open_task(const gatun_model* model, const fs::path& folder, int32_t form,
                     gatun_error* error) {
  const std::string name = folder.string();
  const gatun_task_options options{form, 0};
  return TaskHandle(gatun_task_open(model, name.data(), static_cast<int64_t>(name.size()), &options,
                                    sizeof(options), error));
}

TaskHandle open_task(const gatun_model* model, const fs::path& folder, int32_t form) {
  gatun_error error;
  TaskHandle task = open_task(model, folder, form, &error);
  EXPECT_NE(task, nullptr) << folder << ": " << error.message;
  return task;
}

gatun_task_info describe(const gatun_task* task) {
  gatun_error error;
  gatun_task_info info{};
  EXPECT_EQ(gatun_task_describe(task, &info, sizeof(info), &error), GATUN_OK) << error.message;
  return info;
}

LaneHandle open_lane(int threads) {
  gatun_error error;
  const gatun_lane_options options = {threads, -1};
  LaneHandle lane(gatun_lane_open(&options, sizeof(options), &error));
  EXPECT_NE(lane, nullptr) << error.message;
  return lane;
}

gatun_model_info describe(const gatun_model* model) {
  gatun_error error;
  gatun_model_info info{};
  EXPECT_EQ(gatun_model_describe(model, &info, sizeof(info), &error), GATUN_OK) << error.message;
  return info;
}

void PackedBatch::add(const std::vector<int32_t>& sequence,
                      const std::vector<int32_t>& sequence_types) {
  if (types.empty() && !sequence_types.empty()) types.resize(ids.size());
  ids.insert(ids.end(), sequence.begin(), sequence.end());
  types.insert(types.end(), sequence_types.begin(), sequence_types.end());
  if (!types.empty()) types.resize(ids.size());
  offsets.push_back(static_cast<int32_t>(ids.size()));
}

gatun_batch PackedBatch::view() const {
  return {ids.data(),
          static_cast<int64_t>(ids.size()),
          types.empty() ? nullptr : types.data(),
          static_cast<int64_t>(types.size()),
          offsets.data(),
          static_cast<int64_t>(offsets.size())};
}

Outputs::Outputs(const gatun_model* model, const PackedBatch& batch,
                 const std::vector<std::pair<int32_t, int32_t>>& kinds)
    : results_(kinds.size()) {
  const gatun_model_info info = describe(model);
  const int64_t columns = std::max({info.hidden_size, info.embedding_size, info.labels});
  for (size_t i = 0; i < kinds.size(); ++i) {
    std::vector<float>& values = results_[i].values;
    values.resize(static_cast<size_t>(batch.tokens() * columns));
    structs_.push_back({kinds[i].first, kinds[i].second, values.data(),
                        static_cast<int64_t>(values.size()), 0, 0, nullptr, nullptr, 0});
  }
}

std::vector<Result> Outputs::take() {
  for (size_t i = 0; i < results_.size(); ++i) {
    results_[i].rows = structs_[i].rows;
    results_[i].columns = structs_[i].columns;
    results_[i].values.resize(static_cast<size_t>(structs_[i].rows * structs_[i].columns));
  }
  return std::move(results_);
}

std::vector<Result> run(gatun_lane* lane, const gatun_model* model, const PackedBatch& batch,
                        const std::vector<std::pair<int32_t, int32_t>>& kinds) {
  Outputs outputs(model, batch, kinds);
  gatun_error error;
  const gatun_batch view = batch.view();
  EXPECT_EQ(gatun_lane_run(lane, model, &view, outputs.data(), outputs.count(), &error), GATUN_OK)
      << error.message;
  return outputs.take();
}

const GoldenInput& GoldenCase::input(const std::string& id) const {
  for (const GoldenInput& input : inputs) {
    if (input.id == id) return input;
  }
  throw std::out_of_range("no input " + id);
}

namespace {

std::vector<int32_t> integers(const model::Json* array) {
  std::vector<int32_t> values;
  if (array == nullptr) return values;
  for (const model::Json& item : array->items) values.push_back(static_cast<int32_t>(item.integer));
  return values;
}

std::map<std::string, std::vector<float>> read_floats(const fs::path& file) {
  const std::string bytes = read_file(file);
  std::map<std::string, std::vector<float>> tensors;
  for (const model::TensorEntry& entry : model::read_safetensors_header(
           reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int64_t>(bytes.size()),
           file.filename().string())) {
    std::vector<float>& values = tensors[entry.name];
    values.resize(static_cast<size_t>(entry.end - entry.begin) / sizeof(float));
    std::memcpy(values.data(), bytes.data() + entry.begin, values.size() * sizeof(float));
  }
  return tensors;
}

}  // namespace

GoldenCase read_case(const fs::path& folder) {
  GoldenCase golden;
  std::istringstream lines(read_file(folder / "inputs.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const model::Json input = model::parse_json(line, "inputs.jsonl");
    golden.inputs.push_back(
        {input.find("id")->text, integers(input.find("ids")), integers(input.find("type_ids"))});
  }
  golden.outputs = read_floats(folder / "outputs.safetensors");
  for (const model::Json& group : read_json(folder / "batches.json").items) {
    std::vector<std::string> members;
    for (const model::Json& member : group.find("members")->items) members.push_back(member.text);
    golden.batches.push_back(members);
  }
  return golden;
}

fs::path own_golden_set() { return GATUN_OWN_GOLDEN; }

std::vector<fs::path> golden_sets() {
  std::vector<fs::path> sets = {own_golden_set()};
  const char* named = std::getenv("GATUN_GOLDEN");
  const fs::path larger = named != nullptr ? named : GATUN_SHARED_GOLDEN;
  if (fs::is_directory(larger / "models")) {
    sets.push_back(larger);
  } else {
    std::cout << "skipped: golden set " << larger.lexically_normal().string() << " (not present)\n";
  }
  return sets;
}

void rewrite_header(const fs::path& file,
                    const std::function<std::string(const std::string&)>& edit) {
  const std::string bytes = read_file(file);
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  const std::string header = edit(bytes.substr(sizeof(length), length));
  const uint64_t edited = header.size();
  std::string prefix(sizeof(edited), '\0');
  std::memcpy(prefix.data(), &edited, sizeof(edited));
  write_file(file, prefix + header + bytes.substr(sizeof(length) + length));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t count = 0;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    ++count;
  }
  EXPECT_GT(count, 0U) << from << " does not occur";
  return text;
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

void write_file(const fs::path& file, const std::string& bytes) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream) throw std::runtime_error("cannot write " + file.string());
}

model::Json read_json(const fs::path& file) {
  return model::parse_json(read_file(file), file.filename().string());
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "gatun-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::TemporaryFolder(const fs::path& copy_of) : TemporaryFolder() {
  fs::copy(copy_of, path_, fs::copy_options::recursive);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a folder left in the system's temporary directory harms nothing
  fs::remove_all(path_, ignored);
}

}  // namespace gatun::tests
