// A task that brings token types of its own, against the same adapter over a model that has them.
#include <gtest/gtest.h>

#include "tests/edited.h"
#include "tests/support.h"
#include "tests/tasks.h"

namespace gatun::tests {
namespace {

constexpr const char* kModel = "bert-seqcls";
constexpr const char* kTable = "bert.embeddings.token_type_embeddings.weight";
constexpr const char* kSaved = "base_model.model.";
constexpr int64_t kTypes = 7;
constexpr int64_t kHidden = 64;

std::string table_of(int64_t rows, int64_t columns) {
  std::vector<float> values;
  for (int64_t i = 0; i < rows * columns; ++i) {
    values.push_back(std::sin(static_cast<float>(i * i)) * 0.5F);
  }
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

class OwnTokenTypes : public testing::Test {
 protected:
  void SetUp() override {
    model_ = open_model(own(kModel));
    reference_.config("\"type_vocab_size\": 2", "\"type_vocab_size\": 7");
    TensorBytes tensors = read_tensors(reference_.path() / "model.safetensors");
    tensors.at(kTable) = {{kTypes, kHidden}, table_of(kTypes, kHidden)};
    write_tensors(reference_.path() / "model.safetensors", tensors);
    other_ = open_model(reference_.path());
    ASSERT_NE(model_, nullptr);
    ASSERT_NE(other_, nullptr);
    for (const int length : {40, 9, 23, 14}) {
      std::vector<int32_t> ids;
      std::vector<int32_t> types;
      for (int i = 0; i < length; ++i) {
        ids.push_back(3 + i * 7 % 500);
        types.push_back(batch_.sequences() % 2 == 0 ? i % 7 : i % 2);
      }
      batch_.add(ids, types);
    }
  }

  /// The adapter with a table of token types.
  fs::path adapter(int64_t rows, int64_t columns) {
    const fs::path folder =
        folders_.path() / (std::to_string(rows) + "x" + std::to_string(columns));
    fs::create_directories(folder);
    fs::copy(adapter_ / "adapter_config.json", folder / "adapter_config.json",
             fs::copy_options::overwrite_existing);
    TensorBytes tensors = read_tensors(adapter_ / "adapter_model.safetensors");
    tensors[std::string(kSaved) + kTable] = {{rows, columns}, table_of(rows, columns)};
    write_tensors(folder / "adapter_model.safetensors", tensors);
    return folder;
  }

  /// The adapter of the two highest layers.
  fs::path top() {
    const fs::path folder = folders_.path() / "top";
    fs::create_directories(folder);
    copy_config_of_any_layers(adapter_, folder);
    filter_tensors(adapter_ / "adapter_model.safetensors", folder / "adapter_model.safetensors",
                   [](const std::string& name) {
                     const bool below = name.find("layer.0.") != std::string::npos ||
                                        name.find("layer.1.") != std::string::npos;
                     return below ? std::string() : name;
                   });
    return folder;
  }

  /// What each of the results is on its own.
  std::vector<float> alone(const gatun_model* model, Asked asked, const gatun_task* task) {
    PackedBatch batch;
    for (const int32_t s : asked.sequences) {
      const auto first = batch_.offsets[static_cast<size_t>(s)];
      const auto end = batch_.offsets[static_cast<size_t>(s) + 1];
      batch.add({batch_.ids.begin() + first, batch_.ids.begin() + end},
                {batch_.types.begin() + first, batch_.types.begin() + end});
    }
    asked.task = task;
    asked.sequences.clear();
    std::vector<Asked> one = {asked};
    run_tasks(lane_.get(), model, batch, one);
    return one[0].values;
  }

  std::string refusal(const std::vector<Asked>& wanted) {
    std::vector<Asked> asked = wanted;
    std::vector<gatun_output> outputs;
    for (Asked& a : asked) {
      a.values.resize(10000);
      outputs.push_back(output_of(a));
    }
    gatun_error error;
    const gatun_batch view = batch_.view();
    EXPECT_EQ(gatun_lane_run(lane_.get(), model_.get(), &view, outputs.data(),
                             static_cast<int32_t>(outputs.size()), &error),
              GATUN_ERROR_ARGUMENT);
    return error.message;
  }

  const fs::path adapter_ = own_golden_set() / "adapters/lora-bert-feedback";
  TemporaryFolder folders_;
  Edited reference_{kModel};
  ModelHandle model_;
  ModelHandle other_;  // with the table in it
  LaneHandle lane_ = open_lane(2);
  PackedBatch batch_;
};

/// Sequences 0 and 2 have types that the model does not have; 1 is read by everything.
TEST_F(OwnTokenTypes, GiveWhatAModelThatHasThemGives) {
  for (const int32_t form : {GATUN_TASK_LOW_RANK, GATUN_TASK_MERGED, GATUN_TASK_BOTH}) {
    const TaskHandle own = open_task(model_.get(), adapter(kTypes, kHidden), form);
    const TaskHandle plain = open_task(model_.get(), top(), form);
    const TaskHandle expected = open_task(other_.get(), adapter_, form);
    ASSERT_NE(own, nullptr);
    EXPECT_EQ(describe(own.get()).first_layer, 0);
    EXPECT_EQ(describe(own.get()).token_types, kTypes);
    EXPECT_EQ(describe(plain.get()).token_types, 0);
    EXPECT_EQ(describe(plain.get()).first_layer, 2);
    std::vector<Asked> asked = {
        {own.get(), GATUN_OUTPUT_LOGITS, 0, {0, 1, 2}, {}},
        {own.get(), GATUN_OUTPUT_HIDDEN, 0, {0, 2}, {}},
        {own.get(), GATUN_OUTPUT_HIDDEN, 3, {1}, {}},
        {plain.get(), GATUN_OUTPUT_LOGITS, 0, {1, 3}, {}},
        {nullptr, GATUN_OUTPUT_HIDDEN, 0, {1}, {}},
        {nullptr, GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL, {3}, {}},
    };
    run_tasks(lane_.get(), model_.get(), batch_, asked);
    for (const Asked& a : asked) {
      const bool of_own = a.task == own.get();
      const std::vector<float> values =
          of_own ? alone(other_.get(), a, expected.get()) : alone(model_.get(), a, a.task);
      EXPECT_LE(worst_difference(values, a.values), 1e-5) << form << " " << a.layer;
    }
    EXPECT_GT(worst_difference(alone(other_.get(), asked[4], nullptr), asked[4].values), 0.01);
  }
}

TEST_F(OwnTokenTypes, OfABatchWithoutTypesAreTheFirst) {
  const TaskHandle own = open_task(model_.get(), adapter(kTypes, kHidden));
  const TaskHandle expected = open_task(other_.get(), adapter_);
  PackedBatch without = batch_;
  without.types.clear();
  std::fill(batch_.types.begin(), batch_.types.end(), 0);
  std::vector<Asked> asked = {{own.get(), GATUN_OUTPUT_LOGITS, 0, {0, 1, 2, 3}, {}}};
  run_tasks(lane_.get(), model_.get(), without, asked);
  EXPECT_LE(worst_difference(alone(other_.get(), asked[0], expected.get()), asked[0].values), 1e-5);
}

TEST_F(OwnTokenTypes, AreCheckedAgainstTheTablesTheyAreReadFrom) {
  const TaskHandle own = open_task(model_.get(), adapter(kTypes, kHidden));
  const TaskHandle few = open_task(model_.get(), adapter(5, kHidden));
  const Asked all{own.get(), GATUN_OUTPUT_LOGITS, 0, {}, {}};
  const Asked trunk{nullptr, GATUN_OUTPUT_HIDDEN, 0, {0}, {}};
  EXPECT_EQ(refusal({all, trunk}), "type_ids[2] is 2; this model takes 0 … 1");
  EXPECT_EQ(refusal({{few.get(), GATUN_OUTPUT_LOGITS, 0, {0}, {}}}),
            "type_ids[5] is 5; this task takes 0 … 4");
  // What nothing reads is the model's.
  EXPECT_EQ(refusal({{own.get(), GATUN_OUTPUT_LOGITS, 0, {1, 2, 3}, {}}}),
            "type_ids[2] is 2; this model takes 0 … 1");
}

TEST_F(OwnTokenTypes, AreRefusedWhereTheyDoNotFit) {
  gatun_error error;
  EXPECT_EQ(open_task(model_.get(), adapter(kTypes, 32), GATUN_TASK_LOW_RANK, &error), nullptr);
  EXPECT_NE(std::string(error.message).find("token_type_embeddings.weight"), std::string::npos)
      << error.message;
  EXPECT_EQ(open_task(model_.get(), adapter(0, kHidden), GATUN_TASK_LOW_RANK, &error), nullptr);
  EXPECT_NE(std::string(error.message).find("is not a table"), std::string::npos) << error.message;
}

}  // namespace
}  // namespace gatun::tests
