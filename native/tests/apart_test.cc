// Tasks on copies of their layers, which threads compute apart from each other in reduced
// precision: every result has the bits that it has alone, on any number of threads, stopped or not.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "tests/support.h"
#include "tests/tasks.h"

namespace gatun::tests {
namespace {

/// A base, adapters over it, and what the names of its layers begin with.
struct Subject {
  const char* model;
  std::vector<const char*> adapters;
  const char* layer;
};

const Subject kSubjects[] = {
    {"modernbert-lora-base", {"lora-jailbreak", "lora-pii"}, "layers."},
    {"bert-seqcls", {"lora-bert-feedback"}, "layer."},
};

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.model; }

class ComputedApart : public testing::TestWithParam<std::tuple<Subject, int32_t>> {
 protected:
  const Subject& subject() const { return std::get<0>(GetParam()); }

  void SetUp() override {
    gatun_error error;
    model_ = open_cached(own_golden_set() / "models" / subject().model, {}, &error,
                         std::get<1>(GetParam()));
    ASSERT_NE(model_, nullptr) << error.message;
    for (const int length : {40, 9, 64, 33}) {
      std::vector<int32_t> ids;
      for (int i = 0; i < length; ++i) ids.push_back(3 + (i * 7 + length) % 200);
      batch_.add(ids);
    }
    for (const char* name : subject().adapters) {
      const fs::path adapter = own_golden_set() / "adapters" / name;
      tasks_.push_back(open_task(model_.get(), adapter));
      for (const int layer : {1, 2}) tasks_.push_back(open_task(model_.get(), top(adapter, layer)));
    }
    for (const TaskHandle& task : tasks_) ASSERT_NE(task, nullptr);
  }

  /// An adapter without its factors below a layer.
  fs::path top(const fs::path& adapter, int layer) {
    const fs::path folder = folders_.path() / (adapter.filename().string() + std::to_string(layer));
    fs::create_directory(folder);
    copy_config_of_any_layers(adapter, folder);
    const std::string word = subject().layer;
    filter_tensors(adapter / "adapter_model.safetensors", folder / "adapter_model.safetensors",
                   [&](const std::string& name) {
                     const size_t at = name.find(word);
                     const bool below =
                         at != std::string::npos && name[at + word.size()] - '0' < layer;
                     return below ? std::string() : name;
                   });
    return folder;
  }

  std::vector<Asked> asked() const {
    std::vector<Asked> all;
    for (const TaskHandle& task : tasks_) {
      all.push_back({task.get(), GATUN_OUTPUT_LOGITS, 0, {}, {}});
      all.push_back({task.get(), GATUN_OUTPUT_HIDDEN, 2, {0, 3}, {}});
      if (describe(task.get()).pooling == GATUN_POOLING_NONE) continue;
      all.push_back({task.get(), GATUN_OUTPUT_EMBEDDING, 2, {1}, {}});
    }
    all.push_back({nullptr, GATUN_OUTPUT_HIDDEN, 3, {}, {}});
    return all;
  }

  void expect_same(const std::vector<Asked>& expected, const std::vector<Asked>& actual) const {
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_FALSE(expected[i].values.empty());
      EXPECT_EQ(worst_difference(expected[i].values, actual[i].values), 0) << i;
    }
  }

  TemporaryFolder folders_;
  ModelHandle model_;
  std::vector<TaskHandle> tasks_;
  PackedBatch batch_;
};

TEST_P(ComputedApart, GivesTheBitsThatEachResultHasAlone) {
  std::vector<Asked> expected;
  const LaneHandle lane = open_lane(1);
  for (const Asked& one : asked()) {
    std::vector<Asked> alone = {one};
    run_tasks(lane.get(), model_.get(), batch_, alone);
    expected.push_back(alone[0]);
  }
  EXPECT_GT(worst_difference(expected[0].values, expected[3].values), 0) << "tasks differ";
  for (const int threads : {1, 2, 3, 5}) {
    SCOPED_TRACE(threads);
    std::vector<Asked> together = asked();
    run_tasks(open_lane(threads).get(), model_.get(), batch_, together);
    expect_same(expected, together);
  }
}

TEST_P(ComputedApart, GivesTheSameWhenItIsStopped) {
  const LaneHandle lane = open_lane(2);
  std::vector<Asked> expected = asked();
  run_tasks(lane.get(), model_.get(), batch_, expected);
  std::vector<Asked> again = expected;
  std::vector<gatun_output> outputs;
  for (Asked& a : again) {
    std::fill(a.values.begin(), a.values.end(), 0.0F);
    outputs.push_back(output_of(a));
  }
  gatun_error error;
  const gatun_batch view = batch_.view();
  ASSERT_EQ(gatun_lane_begin(lane.get(), model_.get(), &view, outputs.data(),
                             static_cast<int32_t>(outputs.size()), &error),
            GATUN_OK)
      << error.message;
  int32_t code = GATUN_PAUSED;
  while (code == GATUN_PAUSED) code = gatun_lane_advance(lane.get(), 0, &error);
  ASSERT_EQ(code, GATUN_OK) << error.message;
  expect_same(expected, again);
}

INSTANTIATE_TEST_SUITE_P(Models, ComputedApart,
                         testing::Combine(testing::ValuesIn(kSubjects),
                                          testing::Values(GATUN_PRECISION_BF16,
                                                          GATUN_PRECISION_INT8)),
                         [](const auto& info) {
                           std::string name = std::get<0>(info.param).model;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name + "_" + std::to_string(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace gatun::tests
