// Tasks in tests: calls of several results, and adapters with edited tensors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/safetensors.h"
#include "tests/support.h"

namespace gatun::tests {

namespace fs = std::filesystem;

inline double worst_difference(const std::vector<float>& expected,
                               const std::vector<float>& actual) {
  EXPECT_EQ(expected.size(), actual.size());
  double worst = 0;
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    worst = std::max(worst, std::abs(double{expected[i]} - double{actual[i]}));
  }
  return worst;
}

/// One wanted result of a task and room for it.
struct Asked {
  const gatun_task* task;
  int32_t kind;
  int32_t layer;
  std::vector<int32_t> sequences;
  std::vector<float> values;
};

inline gatun_output output_of(Asked& asked) {
  return {asked.kind,
          asked.layer,
          asked.values.data(),
          static_cast<int64_t>(asked.values.size()),
          0,
          0,
          asked.task,
          asked.sequences.empty() ? nullptr : asked.sequences.data(),
          static_cast<int64_t>(asked.sequences.size())};
}

/// Runs one pass and cuts each result's values to their size.
inline void run_tasks(gatun_lane* lane, const gatun_model* model, const PackedBatch& batch,
                      std::vector<Asked>& asked) {
  const int64_t columns = std::max(describe(model).hidden_size, 64);
  std::vector<gatun_output> outputs;
  for (Asked& a : asked) {
    a.values.resize(static_cast<size_t>(batch.tokens() * columns));
    outputs.push_back(output_of(a));
  }
  gatun_error error;
  const gatun_batch view = batch.view();
  ASSERT_EQ(gatun_lane_run(lane, model, &view, outputs.data(), static_cast<int32_t>(outputs.size()),
                           &error),
            GATUN_OK)
      << error.message;
  for (size_t i = 0; i < asked.size(); ++i) {
    asked[i].values.resize(static_cast<size_t>(outputs[i].rows * outputs[i].columns));
  }
}

inline std::string plan_of(const gatun_model* model, const PackedBatch& batch,
                           std::vector<Asked>& asked) {
  std::vector<gatun_output> outputs;
  for (Asked& a : asked) outputs.push_back(output_of(a));
  gatun_error error;
  const gatun_batch view = batch.view();
  char text[4096];
  EXPECT_GT(gatun_plan_describe(model, &view, outputs.data(), static_cast<int32_t>(outputs.size()),
                                text, sizeof(text), &error),
            0)
      << error.message;
  return text;
}

/// Copies an adapter's configuration, which then leaves open which layers have factors.
inline void copy_config_of_any_layers(const fs::path& adapter, const fs::path& folder) {
  const std::string text = read_file(adapter / "adapter_config.json");
  write_file(folder / "adapter_config.json", replaced(text, "\"target_modules\"", "\"chosen\""));
}

/// Tensors of fp32 by name: shape and bytes.
using TensorBytes = std::map<std::string, std::pair<std::vector<int64_t>, std::string>>;

/// Writes a safetensors file of fp32 tensors.
inline void write_tensors(const fs::path& file, const TensorBytes& all) {
  std::string header = "{";
  std::string data;
  for (const auto& [name, tensor] : all) {
    std::string shape;
    for (const int64_t extent : tensor.first) {
      shape += (shape.empty() ? "" : ",") + std::to_string(extent);
    }
    header += (header.size() == 1 ? "\"" : ",\"") + name + "\":{\"dtype\":\"F32\",\"shape\":[" +
              shape + "],\"data_offsets\":[" + std::to_string(data.size()) + "," +
              std::to_string(data.size() + tensor.second.size()) + "]}";
    data += tensor.second;
  }
  header += "}";
  const uint64_t length = header.size();
  write_file(file,
             std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + header + data);
}

/// All tensors of a file.
inline TensorBytes read_tensors(const fs::path& file) {
  const std::string bytes = read_file(file);
  TensorBytes all;
  for (const model::TensorEntry& entry :
       model::read_safetensors_header(reinterpret_cast<const unsigned char*>(bytes.data()),
                                      static_cast<int64_t>(bytes.size()), "f")) {
    all[entry.name] = {entry.shape, bytes.substr(static_cast<size_t>(entry.begin),
                                                 static_cast<size_t>(entry.end - entry.begin))};
  }
  return all;
}

/// Those tensors of a file to which `keep` gives a new name.
inline void filter_tensors(const fs::path& from, const fs::path& to,
                           const std::function<std::string(const std::string&)>& keep) {
  TensorBytes kept;
  for (const auto& [name, tensor] : read_tensors(from)) {
    const std::string renamed = keep(name);
    if (!renamed.empty()) kept[renamed] = tensor;
  }
  write_tensors(to, kept);
}

}  // namespace gatun::tests
