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

/// Tokenizers and label files are read by the caller of the C interface, adapters by nobody yet.
bool concerns_the_engine(const std::string& name) {
  return !name.starts_with("tokenizer-") && !name.starts_with("label-file-") &&
         !name.starts_with("adapter-");
}

void expect_refusal(const fs::path& folder, const model::Json& expect) {
  gatun_error error;
  const ModelHandle model = open_model(folder, &error);
  ASSERT_EQ(model, nullptr) << folder;
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

void expect_logits(const fs::path& folder, const model::Json& expect) {
  const ModelHandle model = open_model(folder);
  ASSERT_NE(model, nullptr);
  const LaneHandle lane = open_lane(1);
  std::vector<int32_t> ids;
  for (const model::Json& id : expect.find("ids")->items) {
    ids.push_back(static_cast<int32_t>(id.integer));
  }
  PackedBatch batch;
  batch.add(ids);
  const Result logits = run(lane.get(), model.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}})[0];
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
        expect_logits(entry.path(), expect);
      }
    }
    std::printf("refused: %d folders of %s\n", refused, set.parent_path().filename().c_str());
    EXPECT_GT(refused, 0);
  }
}

}  // namespace
}  // namespace gatun::tests
