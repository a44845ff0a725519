// Golden folders that must be refused, and the control folders beside them that must load.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "tests/support.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool contains(const std::string& message, const std::string& word) {
  return lower(message).find(lower(word)) != std::string::npos;
}

/// Tokenizers and label files are read by the caller of the C interface.
bool concerns_the_engine(const std::string& name) {
  return !name.starts_with("tokenizer-") && !name.starts_with("label-file-");
}

/// An adapter's folder is opened over the one that `expect` names as its base, any other alone.
struct Opened {
  ModelHandle model;
  TaskHandle task;
  bool refused;
};
Opened open(const fs::path& folder, const model::Json& expect, int32_t form, gatun_error* error) {
  const model::Json* base = expect.find("base");
  if (base == nullptr) {
    ModelHandle model = open_model(folder, error);
    const bool refused = model == nullptr;
    return {std::move(model), nullptr, refused};
  }
  ModelHandle model = open_model(folder.parent_path() / base->text);
  TaskHandle task = open_task(model.get(), folder, form, error);
  const bool refused = task == nullptr;
  return {std::move(model), std::move(task), refused};
}

void expect_refusal(const fs::path& folder, const model::Json& expect) {
  gatun_error error;
  ASSERT_TRUE(open(folder, expect, GATUN_TASK_BOTH, &error).refused) << folder;
  EXPECT_NE(error.code, GATUN_OK);
  EXPECT_NE(error.code, GATUN_ERROR_INTERNAL);
  const std::string message = error.message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
  for (const model::Json& word : expect.find("mention_all")->items) {
    EXPECT_TRUE(contains(message, word.text))
        << folder << " lacks " << word.text << ": " << message;
  }
  const model::Json* any = expect.find("mention_any");
  if (any == nullptr) return;
  EXPECT_TRUE(std::any_of(any->items.begin(), any->items.end(),
                          [&](const model::Json& word) { return contains(message, word.text); }))
      << folder << ": " << message;
}

void expect_logits(const fs::path& folder, const model::Json& expect, int32_t form) {
  gatun_error error;
  const Opened opened = open(folder, expect, form, &error);
  ASSERT_FALSE(opened.refused) << folder << ": " << error.message;
  const LaneHandle lane = open_lane(1);
  std::vector<int32_t> ids;
  for (const model::Json& id : expect.find("ids")->items) {
    ids.push_back(static_cast<int32_t>(id.integer));
  }
  PackedBatch batch;
  batch.add(ids);
  Outputs outputs(opened.model.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}});
  outputs.data()->task = opened.task.get();
  const gatun_batch view = batch.view();
  ASSERT_EQ(gatun_lane_run(lane.get(), opened.model.get(), &view, outputs.data(), 1, &error),
            GATUN_OK)
      << error.message;
  const Result logits = outputs.take()[0];
  const std::vector<model::Json>& expected = expect.find("logits")->items;
  ASSERT_EQ(logits.values.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(logits.values[i], expected[i].number, 1e-4) << folder;
  }
}

TEST(ErrorFolders, AreRefusedWithTheRightWords) {
  for (const fs::path& set : golden_sets()) {
    int refused = 0;
    for (const auto& entry : fs::directory_iterator(set / "errors")) {
      if (!concerns_the_engine(entry.path().filename().string())) continue;
      const model::Json expect = read_json(entry.path() / "expect.json");
      if (expect.find("must_fail")->boolean) {
        expect_refusal(entry.path(), expect);
        ++refused;
      } else {
        expect_logits(entry.path(), expect, GATUN_TASK_LOW_RANK);
        expect_logits(entry.path(), expect, GATUN_TASK_MERGED);
      }
    }
    std::printf("refused: %d folders of %s\n", refused, set.parent_path().filename().c_str());
    EXPECT_GT(refused, 0);
  }
}

}  // namespace
}  // namespace gatun::tests
