// Every golden model: each input alone, and packed with others,
// against what transformers computed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "tests/golden_subject.h"
#include "tests/support.h"

namespace gatun::tests {
namespace {

// Largest absolute differences, five times and more above the noise between two correct fp32
// implementations (README of the golden set).
constexpr double kLogits = 1e-4;
constexpr double kEmbedding = 2e-5;
constexpr double kHidden = 2e-4;

/// Worst difference per kind of result.
class Worst {
 public:
  void compare(const std::string& what, double bound, const std::vector<float>& expected,
               const float* actual) {
    double& worst = bound == kLogits ? logits_ : bound == kEmbedding ? embedding_ : hidden_;
    for (size_t i = 0; i < expected.size(); ++i) {
      const double difference = std::abs(double{expected[i]} - double{actual[i]});
      ASSERT_LE(difference, bound) << what << " at " << i;
      worst = std::max(worst, difference);
    }
  }
  void print(const GoldenSubject& subject, const char* how) const {
    if (subject.cases.empty()) return;  // a base of adapters, opened and no more
    std::printf("golden %-7s %-6s %-32s %-7s logits %.1e embedding %.1e hidden %.1e\n",
                engine_tier().c_str(), subject.set.c_str(), subject.name.c_str(), how, logits_,
                embedding_, hidden_);
  }

 private:
  double logits_ = 0;
  double embedding_ = 0;
  double hidden_ = 0;
};

class Golden : public testing::TestWithParam<GoldenSubject> {
 protected:
  void SetUp() override {
    model_ = open_model(GetParam().model);
    ASSERT_NE(model_, nullptr);
    info_ = describe(model_.get());
    if (!GetParam().cases.empty()) golden_ = read_case(GetParam().cases);
  }

  /// Every kind of result that the model has; hidden states of all layers at their own places.
  std::vector<std::pair<int32_t, int32_t>> kinds() const {
    std::vector<std::pair<int32_t, int32_t>> all = {{GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}};
    for (int32_t i = 0; i <= info_.layers; ++i) all.emplace_back(GATUN_OUTPUT_HIDDEN, i);
    if (info_.pooling != GATUN_POOLING_NONE) all.emplace_back(GATUN_OUTPUT_EMBEDDING, 0);
    for (int32_t i = 1; i <= info_.layers; ++i) {
      if (leaves_after(i)) all.emplace_back(GATUN_OUTPUT_EMBEDDING, i);
    }
    if (info_.head != GATUN_HEAD_NONE) all.emplace_back(GATUN_OUTPUT_LOGITS, 0);
    return all;
  }

  /// Whether the set holds embeddings of a pass that stops after `layer` blocks.
  bool leaves_after(int32_t layer) const {
    const std::string part = ".exit" + std::to_string(layer) + ".";
    return std::any_of(golden_.outputs.begin(), golden_.outputs.end(),
                       [&](auto& o) { return o.first.find(part) != std::string::npos; });
  }

  const std::vector<float>* expected(const std::string& id, const std::string& what) const {
    const auto found = golden_.outputs.find(id + "." + what);
    return found == golden_.outputs.end() ? nullptr : &found->second;
  }

  /// Compares the part of `result` that belongs to a sequence of `tokens` tokens; returns how many
  /// stored results that covered.
  int check(const std::string& id, int64_t sequence, int64_t first, int64_t tokens,
            const std::pair<int32_t, int32_t>& kind, const Result& result) {
    const bool per_token = kind.first == GATUN_OUTPUT_HIDDEN ||
                           (kind.first == GATUN_OUTPUT_LOGITS && info_.head == GATUN_HEAD_TOKEN);
    const float* rows = result.values.data() + (per_token ? first : sequence) * result.columns;
    switch (kind.first) {
      case GATUN_OUTPUT_LOGITS: return compare(id, "logits", kLogits, rows);
      case GATUN_OUTPUT_EMBEDDING: return check_embedding(id, kind.second, rows);
      default:
        return kind.second == GATUN_LAYER_FINAL
                   ? compare(id, "last_hidden_state", kHidden, rows)
                   : compare(id, "layer" + std::to_string(kind.second), kHidden, rows) +
                         check_layer_rows(id, kind.second, tokens, rows);
    }
  }

  int compare(const std::string& id, const std::string& what, double bound, const float* actual) {
    const std::vector<float>* values = expected(id, what);
    if (values == nullptr) return 0;
    SCOPED_TRACE(id + "." + what);
    worst_.compare(what, bound, *values, actual);
    return 1;
  }

  /// The embedding, and its first dimensions normalised again; `layer` 0 is the whole model.
  int check_embedding(const std::string& id, int32_t layer, const float* embedding) {
    const std::string what = layer == 0 ? "embedding" : "exit" + std::to_string(layer);
    if (info_.normalized == 0) return layer == 0 ? compare(id, "pooled", kHidden, embedding) : 0;
    int found = compare(id, what, kEmbedding, embedding);
    for (int32_t d = 1; d <= info_.embedding_size; ++d) {
      if (expected(id, what + ".d" + std::to_string(d)) == nullptr) continue;
      double square = 0;
      for (int32_t i = 0; i < d; ++i) square += double{embedding[i]} * double{embedding[i]};
      std::vector<float> first(embedding, embedding + d);
      for (float& value : first) value = static_cast<float>(value / std::sqrt(square));
      found += compare(id, what + ".d" + std::to_string(d), kEmbedding, first.data());
    }
    return found;
  }

  /// layer_rows holds rows 0, n div 2 and n−1 of every layer.
  int check_layer_rows(const std::string& id, int32_t layer, int64_t tokens, const float* rows) {
    const std::vector<float>* values = expected(id, "layer_rows");
    if (values == nullptr) return 0;
    const int64_t places[] = {0, tokens / 2, tokens - 1};
    SCOPED_TRACE(id + ".layer_rows " + std::to_string(layer));
    for (int64_t i = 0; i < 3; ++i) {
      const auto begin = values->begin() + (layer * 3 + i) * info_.hidden_size;
      worst_.compare("layer_rows", kHidden, std::vector<float>(begin, begin + info_.hidden_size),
                     rows + places[i] * info_.hidden_size);
    }
    return layer == 0 ? 1 : 0;
  }

  ModelHandle model_;
  gatun_model_info info_{};
  GoldenCase golden_;
  Worst worst_;
};

TEST_P(Golden, AloneGivesWhatTransformersGives) {
  const LaneHandle lane = open_lane(1);
  int compared = 0;
  for (const GoldenInput& input : golden_.inputs) {
    PackedBatch batch;
    batch.add(input.ids, input.types);
    const auto wanted = kinds();
    const std::vector<Result> results = run(lane.get(), model_.get(), batch, wanted);
    for (size_t i = 0; i < wanted.size(); ++i) {
      compared += check(input.id, 0, 0, batch.tokens(), wanted[i], results[i]);
    }
    ASSERT_FALSE(HasFatalFailure());
  }
  // Unnormalised poolings are not a result of this folder; PooledWithoutFurtherSteps has them.
  const auto other = std::count_if(golden_.outputs.begin(), golden_.outputs.end(), [&](auto& o) {
    return info_.normalized != 0 && o.first.ends_with(".pooled");
  });
  EXPECT_EQ(compared, static_cast<int>(golden_.outputs.size()) - other);
  worst_.print(GetParam(), "alone");
}

TEST_P(Golden, PackedGivesTheSameOnThreeThreads) {
  const LaneHandle lane = open_lane(3);
  for (const std::vector<std::string>& members : golden_.batches) {
    PackedBatch batch;
    for (const std::string& id : members) {
      batch.add(golden_.input(id).ids, golden_.input(id).types);
    }
    const auto wanted = kinds();
    const std::vector<Result> results = run(lane.get(), model_.get(), batch, wanted);
    for (size_t s = 0; s < members.size(); ++s) {
      const int64_t first = batch.offsets[s];
      for (size_t i = 0; i < wanted.size(); ++i) {
        check(members[s], static_cast<int64_t>(s), first, batch.offsets[s + 1] - first, wanted[i],
              results[i]);
      }
    }
    ASSERT_FALSE(HasFatalFailure());
  }
  worst_.print(GetParam(), "packed");
}

/// Without the steps of modules.json behind Pooling, the embedding is the pooled vector itself.
TEST_P(Golden, PooledWithoutFurtherSteps) {
  if (info_.normalized == 0) return;
  const TemporaryFolder folder(GetParam().model);
  const std::string modules = read_file(folder.path() / "modules.json");
  const size_t pooling = modules.find("models.Pooling");
  ASSERT_NE(modules.find("models.Normalize", pooling), std::string::npos);
  write_file(folder.path() / "modules.json",
             modules.substr(0, modules.find('}', pooling) + 1) + "]");
  model_ = open_model(folder.path());
  ASSERT_NE(model_, nullptr);
  info_ = describe(model_.get());
  ASSERT_EQ(info_.normalized, 0);
  const LaneHandle lane = open_lane(2);
  int compared = 0;
  for (const GoldenInput& input : golden_.inputs) {
    PackedBatch batch;
    batch.add(input.ids, input.types);
    const auto results = run(lane.get(), model_.get(), batch, {{GATUN_OUTPUT_EMBEDDING, 0}});
    compared += check_embedding(input.id, 0, results[0].values.data());
  }
  EXPECT_EQ(compared, static_cast<int>(golden_.inputs.size()));
  worst_.print(GetParam(), "pooled");
}

INSTANTIATE_TEST_SUITE_P(Models, Golden, testing::ValuesIn(golden_subjects()),
                         [](const auto& info) { return info.param.label(); });

}  // namespace
}  // namespace gatun::tests
