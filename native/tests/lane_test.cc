// Passes that stop and go on, with others in between, and the memory that a lane holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "encoder/layer_steps.h"
#include "tests/support.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;
using Kinds = std::vector<std::pair<int32_t, int32_t>>;

fs::path own(const std::string& name) { return own_golden_set() / "models" / name; }

/// Longer than one chunk of rows, with sequences of all lengths up to what the model takes.
PackedBatch long_batch(const gatun_model_info& info, int64_t tokens, uint32_t seed) {
  std::mt19937 random(seed);
  // Of models that take very long sequences too, no more is computed than was asked for.
  const auto longest = static_cast<uint32_t>(std::min<int64_t>(info.positions_max, tokens));
  PackedBatch batch;
  while (batch.tokens() < tokens) {
    std::vector<int32_t> ids(1 + random() % longest);
    for (int32_t& id : ids) {
      id = static_cast<int32_t>(random() % static_cast<uint32_t>(info.vocabulary));
    }
    batch.add(ids);
  }
  return batch;
}

/// Every output that a model has.
Kinds all_kinds(const gatun_model_info& info) {
  Kinds kinds = {{GATUN_OUTPUT_HIDDEN, 0}, {GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}};
  for (int32_t layer = 1; layer <= info.layers; ++layer) {
    kinds.emplace_back(GATUN_OUTPUT_HIDDEN, layer);
    if (info.pooling != GATUN_POOLING_NONE) kinds.emplace_back(GATUN_OUTPUT_EMBEDDING, layer);
  }
  if (info.pooling != GATUN_POOLING_NONE) kinds.emplace_back(GATUN_OUTPUT_EMBEDDING, 0);
  if (info.head != GATUN_HEAD_NONE) kinds.emplace_back(GATUN_OUTPUT_LOGITS, 0);
  return kinds;
}

class Lane : public testing::Test {
 protected:
  Lane() : model_(open_model(own("variant-sharded"))), lane_(open_lane(2)) {}

  int32_t begin(const PackedBatch& batch, Outputs& outputs) {
    const gatun_batch view = batch.view();
    return gatun_lane_begin(lane_.get(), model_.get(), &view, outputs.data(), outputs.count(),
                            &error_);
  }
  int32_t advance(int64_t budget_us) { return gatun_lane_advance(lane_.get(), budget_us, &error_); }

  ModelHandle model_;
  LaneHandle lane_;
  gatun_error error_{};
};

class LaneInPrecision : public Lane, public testing::WithParamInterface<int32_t> {};

TEST_P(LaneInPrecision, PausedPassAndRunsInBetweenGiveTheSameBits) {
  const ModelHandle other = open_model(own("bert-seqcls"));
  const PackedBatch short_batch = long_batch(describe(other.get()), 50, 7);
  const Kinds logits = {{GATUN_OUTPUT_LOGITS, 0}};
  const std::vector<Result> expected_short = run(lane_.get(), other.get(), short_batch, logits);
  for (const auto& folder : fs::directory_iterator(own_golden_set() / "models")) {
    model_ = open_cached(folder.path(), {}, &error_, GetParam());
    ASSERT_NE(model_, nullptr) << error_.message;
    const gatun_model_info info = describe(model_.get());
    const PackedBatch batch = long_batch(info, 3000, 11);
    const Kinds kinds = all_kinds(info);
    const std::vector<Result> expected = run(lane_.get(), model_.get(), batch, kinds);
    Outputs outputs(model_.get(), batch, kinds);
    ASSERT_EQ(begin(batch, outputs), GATUN_OK) << error_.message;
    int pauses = 0;
    int32_t status = GATUN_PAUSED;
    for (; (status = advance(0)) == GATUN_PAUSED; ++pauses) {
      if (pauses % 3 != 0) continue;
      EXPECT_EQ(run(lane_.get(), other.get(), short_batch, logits), expected_short);
    }
    EXPECT_EQ(status, GATUN_OK) << error_.message;
    EXPECT_GE(pauses, 8 * info.layers) << folder.path();  // several steps of each kind
    EXPECT_TRUE(outputs.take() == expected) << folder.path();
  }
}

TEST_P(LaneInPrecision, ASequenceDoesNotDependOnItsBatchNorOnTheThreads) {
  for (const auto& folder : fs::directory_iterator(own_golden_set() / "models")) {
    SCOPED_TRACE(folder.path());
    model_ = open_cached(folder.path(), {}, &error_, GetParam());
    ASSERT_NE(model_, nullptr) << error_.message;
    const PackedBatch batch = long_batch(describe(model_.get()), 900, 11);
    const Kinds hidden = {{GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}};
    const Result together = run(lane_.get(), model_.get(), batch, hidden)[0];
    const LaneHandle other = open_lane(3);
    EXPECT_TRUE(run(other.get(), model_.get(), batch, hidden)[0] == together);
    for (int64_t i = 0; i < batch.sequences(); ++i) {
      const auto first = batch.offsets[static_cast<size_t>(i)];
      const auto end = batch.offsets[static_cast<size_t>(i + 1)];
      PackedBatch alone;
      alone.add({batch.ids.begin() + first, batch.ids.begin() + end});
      const Result result = run(lane_.get(), model_.get(), alone, hidden)[0];
      EXPECT_TRUE(std::equal(result.values.begin(), result.values.end(),
                             together.values.begin() + first * together.columns))
          << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, LaneInPrecision,
                         testing::Values(GATUN_PRECISION_FP32, GATUN_PRECISION_BF16,
                                         GATUN_PRECISION_INT8));

TEST_F(Lane, BatchIsCopiedAndResultsDoNotDependOnTheBudget) {
  PackedBatch batch = long_batch(describe(model_.get()), 2500, 3);
  const Kinds kinds = all_kinds(describe(model_.get()));
  const std::vector<Result> expected = run(lane_.get(), model_.get(), batch, kinds);
  for (const int64_t budget_us : {int64_t{1}, int64_t{700}, INT64_MAX}) {
    PackedBatch mine = batch;
    Outputs outputs(model_.get(), mine, kinds);
    ASSERT_EQ(begin(mine, outputs), GATUN_OK) << error_.message;
    std::fill(mine.ids.begin(), mine.ids.end(), -1);
    std::fill(mine.offsets.begin(), mine.offsets.end(), -1);
    int32_t status = GATUN_PAUSED;
    while (status == GATUN_PAUSED) status = advance(budget_us);
    EXPECT_EQ(status, GATUN_OK) << error_.message;
    EXPECT_TRUE(outputs.take() == expected) << budget_us;
  }
}

TEST_F(Lane, SecondPassIsRefusedAndTheFirstGoesOn) {
  const PackedBatch batch = long_batch(describe(model_.get()), 1500, 5);
  const Kinds logits = {{GATUN_OUTPUT_LOGITS, 0}};
  const std::vector<Result> expected = run(lane_.get(), model_.get(), batch, logits);
  Outputs first(model_.get(), batch, logits);
  Outputs second(model_.get(), batch, logits);
  ASSERT_EQ(begin(batch, first), GATUN_OK);
  ASSERT_EQ(advance(0), GATUN_PAUSED);
  EXPECT_EQ(begin(batch, second), GATUN_ERROR_BUSY);
  EXPECT_NE(std::string(error_.message).find("under way"), std::string::npos) << error_.message;
  EXPECT_EQ(advance(INT64_MAX), GATUN_OK) << error_.message;
  EXPECT_TRUE(first.take() == expected);
  EXPECT_EQ(begin(batch, second), GATUN_OK);
  EXPECT_EQ(advance(INT64_MAX), GATUN_OK);
  EXPECT_TRUE(second.take() == expected);
}

TEST_F(Lane, CancelEndsAPassAndFreesItsWorkspace) {
  const PackedBatch batch = long_batch(describe(model_.get()), 1500, 5);
  const int64_t idle = gatun_lane_workspace_bytes(lane_.get());
  for (int steps = 0; steps < 12; ++steps) {
    Outputs outputs(model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}});
    ASSERT_EQ(begin(batch, outputs), GATUN_OK) << error_.message;
    EXPECT_GT(gatun_lane_workspace_bytes(lane_.get()), idle);
    for (int i = 0; i < steps; ++i) ASSERT_EQ(advance(0), GATUN_PAUSED);
    EXPECT_EQ(gatun_lane_cancel(lane_.get(), &error_), GATUN_OK);
    EXPECT_EQ(gatun_lane_workspace_bytes(lane_.get()), idle);
    EXPECT_EQ(advance(0), GATUN_ERROR_ARGUMENT);
  }
  EXPECT_EQ(gatun_lane_cancel(lane_.get(), &error_), GATUN_OK);
}

TEST_F(Lane, ReservedWorkspaceOfAPassIsKeptAndMoreIsNot) {
  ASSERT_EQ(gatun_lane_reserve(lane_.get(), model_.get(), 3000, 1, &error_), GATUN_OK);
  const auto workspace_after = [&](int64_t tokens) {
    PackedBatch batch;
    for (; tokens > 0; tokens -= 100) batch.add(std::vector<int32_t>(100, 5));
    Outputs outputs(model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}});
    EXPECT_EQ(begin(batch, outputs), GATUN_OK) << error_.message;
    EXPECT_EQ(advance(0), GATUN_PAUSED);
    EXPECT_EQ(gatun_lane_cancel(lane_.get(), &error_), GATUN_OK);
    return gatun_lane_workspace_bytes(lane_.get());
  };
  const int64_t idle = gatun_lane_workspace_bytes(lane_.get());
  const int64_t kept = workspace_after(1000);
  EXPECT_GT(kept, idle);
  EXPECT_EQ(workspace_after(3000), kept);
  EXPECT_EQ(workspace_after(3100), idle);
  EXPECT_EQ(workspace_after(100), kept);
}

TEST_F(Lane, ClosingALaneEndsItsPass) {
  const PackedBatch batch = long_batch(describe(model_.get()), 1500, 5);
  Outputs outputs(model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}});
  ASSERT_EQ(begin(batch, outputs), GATUN_OK);
  ASSERT_EQ(advance(0), GATUN_PAUSED);
  lane_.reset();
}

TEST_F(Lane, EverythingIsCheckedAtTheBeginning) {
  PackedBatch batch;
  batch.add({1, 2, 3});
  Outputs outputs(model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}});
  const gatun_batch view = batch.view();
  EXPECT_EQ(gatun_lane_begin(lane_.get(), model_.get(), &view, outputs.data(), 1, nullptr),
            GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_begin(nullptr, model_.get(), &view, outputs.data(), 1, &error_),
            GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_begin(lane_.get(), nullptr, &view, outputs.data(), 1, &error_),
            GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_begin(lane_.get(), model_.get(), nullptr, outputs.data(), 1, &error_),
            GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_begin(lane_.get(), model_.get(), &view, nullptr, 1, &error_),
            GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_begin(lane_.get(), model_.get(), &view, outputs.data(), 65, &error_),
            GATUN_ERROR_ARGUMENT);
  batch.ids[1] = -1;
  EXPECT_EQ(begin(batch, outputs), GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(advance(0), GATUN_ERROR_ARGUMENT);  // nothing was begun
  batch.ids[1] = 2;
  ASSERT_EQ(begin(batch, outputs), GATUN_OK);
  EXPECT_EQ(outputs.data()->rows, 1);
  EXPECT_EQ(advance(-1), GATUN_ERROR_ARGUMENT);  // refused, but not ended
  EXPECT_EQ(gatun_lane_advance(lane_.get(), 0, nullptr), GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_advance(nullptr, 0, &error_), GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_cancel(nullptr, &error_), GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_cancel(lane_.get(), nullptr), GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(advance(INT64_MAX), GATUN_OK) << error_.message;
}

TEST_F(Lane, LanesPauseIndependentlyOverOneModel) {
  const PackedBatch batch = long_batch(describe(model_.get()), 2000, 9);
  const Kinds logits = {{GATUN_OUTPUT_LOGITS, 0}};
  const std::vector<Result> expected = run(lane_.get(), model_.get(), batch, logits);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      const LaneHandle lane = open_lane(1 + t);
      gatun_error error;
      Outputs outputs(model_.get(), batch, logits);
      const gatun_batch view = batch.view();
      ASSERT_EQ(gatun_lane_begin(lane.get(), model_.get(), &view, outputs.data(), 1, &error),
                GATUN_OK);
      while (gatun_lane_advance(lane.get(), 300, &error) == GATUN_PAUSED) {
        const PackedBatch other = long_batch(describe(model_.get()), 10, 1);
        run(lane.get(), model_.get(), other, logits);
      }
      EXPECT_EQ(error.code, GATUN_OK) << error.message;
      EXPECT_TRUE(outputs.take() == expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Lane, PinnedLaneRuns) {
  std::thread([this] {
    const gatun_lane_options options = {1, 0};
    const LaneHandle lane(gatun_lane_open(&options, sizeof(options), &error_));
    ASSERT_NE(lane, nullptr) << error_.message;
    PackedBatch batch;
    batch.add({1, 2, 3});
    EXPECT_EQ(run(lane.get(), model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}}),
              run(lane_.get(), model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}}));
    const gatun_lane_options beyond = {256, 0};
    EXPECT_EQ(gatun_lane_open(&beyond, sizeof(beyond), &error_), nullptr);
    EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT) << error_.message;
  }).join();
}

TEST_F(Lane, WorkspaceGrowsLinearlyWithTheTokens) {
  // 64 floats per token five times over (x, q, k, v, attention output), and a constant; nothing
  // that depends on the square of a sequence's length.
  const auto bytes = [&](int64_t tokens) {
    const LaneHandle lane = open_lane(1);
    EXPECT_EQ(gatun_lane_reserve(lane.get(), model_.get(), tokens, 1, &error_), GATUN_OK);
    return gatun_lane_workspace_bytes(lane.get());
  };
  EXPECT_EQ(bytes(32768) - bytes(16384), 16384 * 5 * 64 * 4);
}

TEST(Workspace, OfTheLongestContextsIsWhatTheShapesSay) {
  encoder::Graph graph;  // ModernBERT-base and mmBERT-base
  graph.config.hidden_size = 768;
  graph.config.intermediate_size = 1152;
  graph.config.attention_heads = graph.config.key_heads = 12;
  graph.config.head_dim = 64;
  graph.config.gated = true;
  const int64_t chunk = encoder::chunk_rows(graph);
  EXPECT_LE(chunk, 1024);
  for (const int64_t tokens : {8192, 32768}) {
    const int64_t rows = 5 * 768 * tokens;               // x, q, k, v, attention output
    const int64_t in_chunks = chunk * (768 + 3 * 1152);  // a norm's output, up, gated
    EXPECT_EQ(encoder::workspace_floats(graph, tokens), rows + in_chunks) << tokens;
  }
}

TEST(Workspace, OfGroupedHeadsIsWhatTheShapesSay) {
  encoder::Graph graph;  // Qwen3-Embedding-0.6B
  graph.config.hidden_size = 1024;
  graph.config.intermediate_size = 3072;
  graph.config.attention_heads = 16;
  graph.config.key_heads = 8;
  graph.config.head_dim = 128;
  graph.config.gated = true;
  const int64_t chunk = encoder::chunk_rows(graph);
  for (const int64_t tokens : {8192, 32768}) {
    const int64_t rows = (1024 + (16 + 2 * 8) * 128 + 16 * 128) * tokens;
    EXPECT_EQ(encoder::workspace_floats(graph, tokens), rows + chunk * (1024 + 3 * 3072));
  }
}

#if defined(__linux__) && !defined(__SANITIZE_THREAD__)  // whose shadow is memory, too

/// Most memory the process has held since the last call with true, in KiB.
int64_t peak_kib(bool reset) {
  if (reset) write_file("/proc/self/clear_refs", "5");
  const std::string status = read_file("/proc/self/status");
  return std::atoll(status.c_str() + status.find("VmHWM:") + 6);
}

TEST_F(Lane, NothingIsQuadraticInTheTokens) {
  model_ = open_model(own("variant-orig-mod"));
  constexpr int64_t kTokens = 8192;  // whose square, in floats, is 256 MiB
  PackedBatch batch;
  batch.add(std::vector<int32_t>(kTokens, 5));
  Outputs outputs(model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}});
  const int64_t before = peak_kib(true);
  const gatun_batch view = batch.view();
  ASSERT_EQ(gatun_lane_run(lane_.get(), model_.get(), &view, outputs.data(), 1, &error_), GATUN_OK);
  const int64_t workspace_kib = gatun_lane_workspace_bytes(lane_.get()) / 1024;
  EXPECT_LT(peak_kib(false) - before, workspace_kib + 16 * 1024);
}

#endif

}  // namespace
}  // namespace gatun::tests
