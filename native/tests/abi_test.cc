// The C interface used wrongly, and its bookkeeping used rightly.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>

#include "tests/support.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;

fs::path own(const std::string& name) { return own_golden_set() / "models" / name; }

class Abi : public testing::Test {
 protected:
  Abi() : model_(open_model(own("bert-seqcls"))), lane_(open_lane(2)) {
    batch_.add({4, 5, 6});
    batch_.add({4, 7});
    values_.resize(1024);
    output_ = {GATUN_OUTPUT_LOGITS, 0, values_.data(), 1024, 0, 0, nullptr, nullptr, 0};
  }

  int32_t run_view(const gatun_batch& view) {
    return gatun_lane_run(lane_.get(), model_.get(), &view, &output_, 1, &error_);
  }
  void expect_argument_error(int32_t code, const std::string& word) {
    EXPECT_EQ(code, GATUN_ERROR_ARGUMENT);
    EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
    EXPECT_NE(std::string(error_.message).find(word), std::string::npos) << error_.message;
  }

  ModelHandle model_;
  LaneHandle lane_;
  PackedBatch batch_;
  std::vector<float> values_;
  gatun_output output_;
  gatun_error error_{};
};

TEST_F(Abi, NullErrorIsRefused) {
  gatun_model_info info;
  EXPECT_EQ(gatun_model_open("x", 1, nullptr, 0, nullptr), nullptr);
  const gatun_lane_options options = {1, -1};
  EXPECT_EQ(gatun_lane_open(&options, sizeof(options), nullptr), nullptr);
  EXPECT_EQ(gatun_runtime_describe(nullptr, 0, nullptr), -1);
  EXPECT_EQ(gatun_model_describe(model_.get(), &info, sizeof(info), nullptr), GATUN_ERROR_ARGUMENT);
  const gatun_batch view = batch_.view();
  EXPECT_EQ(gatun_lane_run(lane_.get(), model_.get(), &view, &output_, 1, nullptr),
            GATUN_ERROR_ARGUMENT);
}

TEST_F(Abi, ThePeakOfTheMachineIsMeasuredPerPrecision) {
  for (const int32_t precision :
       {GATUN_PRECISION_FP32, GATUN_PRECISION_BF16, GATUN_PRECISION_INT8}) {
    double rate = 0;
    ASSERT_EQ(gatun_machine_peak(precision, 2, &rate, &error_), GATUN_OK) << error_.message;
    EXPECT_GT(rate, 0);
  }
  double rate = 0;
  expect_argument_error(gatun_machine_peak(0, 1, &rate, &error_), "precision");
  expect_argument_error(gatun_machine_peak(9, 1, &rate, &error_), "precision");
  expect_argument_error(gatun_machine_peak(GATUN_PRECISION_FP32, 0, &rate, &error_), "threads");
  expect_argument_error(gatun_machine_peak(GATUN_PRECISION_FP32, 1, nullptr, &error_), "NULL");
}

TEST_F(Abi, NullHandlesAndPointersAreRefused) {
  const gatun_batch view = batch_.view();
  gatun_model_info info;
  expect_argument_error(gatun_lane_run(nullptr, model_.get(), &view, &output_, 1, &error_), "NULL");
  expect_argument_error(gatun_lane_run(lane_.get(), nullptr, &view, &output_, 1, &error_), "NULL");
  expect_argument_error(gatun_lane_run(lane_.get(), model_.get(), nullptr, &output_, 1, &error_),
                        "NULL");
  expect_argument_error(gatun_lane_run(lane_.get(), model_.get(), &view, nullptr, 1, &error_),
                        "NULL");
  expect_argument_error(gatun_model_describe(nullptr, &info, sizeof(info), &error_), "NULL");
  expect_argument_error(gatun_model_describe(model_.get(), nullptr, 96, &error_), "NULL");
  expect_argument_error(gatun_lane_reserve(nullptr, model_.get(), 1, 1, &error_), "NULL");
  EXPECT_EQ(gatun_model_open(nullptr, 3, nullptr, 0, &error_), nullptr);
  EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_lane_workspace_bytes(nullptr), 0);
}

TEST_F(Abi, ClosingNullIsAllowed) {
  gatun_model_close(nullptr);
  gatun_lane_close(nullptr);
}

TEST_F(Abi, ShortStructIsRefused) {
  gatun_model_info info;
  expect_argument_error(gatun_model_describe(model_.get(), &info, sizeof(info) - 1, &error_),
                        "info_bytes");
}

TEST_F(Abi, LengthsMustAgree) {
  gatun_batch view = batch_.view();
  view.id_count = 4;
  expect_argument_error(run_view(view), "offsets");
  view = batch_.view();
  view.id_count = -1;
  expect_argument_error(run_view(view), "id_count");
  view = batch_.view();
  view.id_count = int64_t{1} << 40;
  expect_argument_error(run_view(view), "id_count");
  view = batch_.view();
  view.offset_count = 1;
  expect_argument_error(run_view(view), "offset_count");
  view = batch_.view();
  view.offset_count = 7;
  expect_argument_error(run_view(view), "offset_count");
  view = batch_.view();
  view.type_id_count = 5;
  expect_argument_error(run_view(view), "type_id_count");
  view.type_ids = view.ids;
  view.type_id_count = 3;
  expect_argument_error(run_view(view), "type_id_count");
}

TEST_F(Abi, OffsetsMustRiseFromZero) {
  for (const std::vector<int32_t>& offsets : std::vector<std::vector<int32_t>>{
           {1, 3, 5}, {0, 0, 5}, {0, 6, 5}, {0, -1, 5}, {0, 3, 4}, {0, 3, 6}, {0, 5, 5}}) {
    batch_.offsets = offsets;
    EXPECT_EQ(run_view(batch_.view()), GATUN_ERROR_ARGUMENT);
  }
  batch_.offsets = {0, INT32_MIN, 5};
  expect_argument_error(run_view(batch_.view()), "sequence 0");
}

TEST_F(Abi, IdsAndTypesMustBeRowsOfTheTables) {
  batch_.ids[1] = 760;
  expect_argument_error(run_view(batch_.view()), "ids[1] is 760");
  batch_.ids[1] = -1;
  expect_argument_error(run_view(batch_.view()), "ids[1] is -1");
  batch_.ids[1] = 5;
  batch_.types = {0, 0, 2, 0, 0};
  expect_argument_error(run_view(batch_.view()), "type_ids[2] is 2");
  model_ = open_model(own("variant-sharded"));
  batch_.types = {0, 0, 0, 0, 0};
  expect_argument_error(run_view(batch_.view()), "no token types");
}

TEST_F(Abi, SequencesMustFitThePositions) {
  PackedBatch longest;
  longest.add(std::vector<int32_t>(320, 5));
  EXPECT_EQ(run_view(longest.view()), GATUN_OK) << error_.message;
  PackedBatch too_long;
  too_long.add({4, 5});
  too_long.add(std::vector<int32_t>(321, 5));
  expect_argument_error(run_view(too_long.view()), "sequence 1 has 321 tokens");
}

TEST_F(Abi, OutputsMustExistAndHaveRoom) {
  output_.capacity = 27;  // 2 × 14 logits
  expect_argument_error(run_view(batch_.view()), "capacity is 27");
  output_.capacity = -5;
  expect_argument_error(run_view(batch_.view()), "capacity");
  output_.capacity = 28;
  EXPECT_EQ(run_view(batch_.view()), GATUN_OK) << error_.message;
  EXPECT_EQ(output_.rows, 2);
  EXPECT_EQ(output_.columns, 14);
  output_.values = nullptr;
  expect_argument_error(run_view(batch_.view()), "values is NULL");
  output_ = {9, 0, values_.data(), 1024, 0, 0, nullptr, nullptr, 0};
  expect_argument_error(run_view(batch_.view()), "kind is 9");
  for (const int32_t layer : {-2, 5, INT32_MAX, INT32_MIN}) {
    output_ = {GATUN_OUTPUT_HIDDEN, layer, values_.data(), 1024, 0, 0, nullptr, nullptr, 0};
    expect_argument_error(run_view(batch_.view()), "layer " + std::to_string(layer));
  }
  const gatun_batch view = batch_.view();
  for (const int32_t count : {0, -1, 65}) {
    expect_argument_error(
        gatun_lane_run(lane_.get(), model_.get(), &view, &output_, count, &error_), "output_count");
  }
}

TEST_F(Abi, ResultsThatAModelLacksAreRefused) {
  model_ = open_model(own("minilm-like-embed"));
  expect_argument_error(run_view(batch_.view()), "no classifier");
  model_ = open_model(own("variant-orig-mod"));
  output_.kind = GATUN_OUTPUT_EMBEDDING;
  expect_argument_error(run_view(batch_.view()), "how to pool");
}

TEST_F(Abi, NothingIsWrittenPastTheResult) {
  values_.assign(29, 7.5F);
  output_ = {GATUN_OUTPUT_LOGITS, 0, values_.data(), 28, 0, 0, nullptr, nullptr, 0};
  ASSERT_EQ(run_view(batch_.view()), GATUN_OK);
  EXPECT_EQ(values_[28], 7.5F);
}

TEST_F(Abi, ThreadCountsHaveBounds) {
  for (const int32_t threads : {0, -1, 257, INT32_MAX, INT32_MIN}) {
    const gatun_lane_options options = {threads, -1};
    EXPECT_EQ(gatun_lane_open(&options, sizeof(options), &error_), nullptr);
    EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
  }
  const gatun_lane_options options = {1, -1};
  EXPECT_EQ(gatun_lane_open(nullptr, sizeof(options), &error_), nullptr);
  EXPECT_EQ(gatun_lane_open(&options, sizeof(options) - 1, &error_), nullptr);
  EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
}

TEST_F(Abi, BusyLaneRefusesASecondCall) {
  PackedBatch large;
  for (int i = 0; i < 20; ++i) large.add(std::vector<int32_t>(300, 5));
  std::vector<float> logits(20 * 14);
  std::atomic<bool> stop{false};
  std::thread other([&] {
    gatun_error error;
    gatun_output output = {GATUN_OUTPUT_LOGITS,
                           0,
                           logits.data(),
                           static_cast<int64_t>(logits.size()),
                           0,
                           0,
                           nullptr,
                           nullptr,
                           0};
    const gatun_batch view = large.view();
    while (!stop.load()) {
      const int32_t code = gatun_lane_run(lane_.get(), model_.get(), &view, &output, 1, &error);
      EXPECT_TRUE(code == GATUN_OK || code == GATUN_ERROR_BUSY) << error.message;
    }
  });
  const gatun_batch view = batch_.view();
  int32_t code = GATUN_OK;
  while (code == GATUN_OK) {
    code = gatun_lane_run(lane_.get(), model_.get(), &view, &output_, 1, &error_);
  }
  stop = true;
  other.join();
  EXPECT_EQ(code, GATUN_ERROR_BUSY);
  EXPECT_EQ(run_view(batch_.view()), GATUN_OK) << error_.message;
}

TEST_F(Abi, ManyLanesShareAModel) {
  model_ = open_model(own("variant-sharded"));  // rotary tables grow while others read them
  const std::vector<Result> expected =
      run(lane_.get(), model_.get(), batch_, {{GATUN_OUTPUT_LOGITS, 0}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const LaneHandle lane = open_lane(1 + t % 2);
      for (int i = 1; i < 5; ++i) {
        PackedBatch batch = batch_;
        batch.add(std::vector<int32_t>(static_cast<size_t>(500 * i - t), 9));
        const Result logits = run(lane.get(), model_.get(), batch, {{GATUN_OUTPUT_LOGITS, 0}})[0];
        for (size_t j = 0; j < expected[0].values.size(); ++j) {
          EXPECT_NEAR(logits.values[j], expected[0].values[j], 1e-5);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Abi, ReservedWorkspaceIsEnough) {
  ASSERT_EQ(gatun_lane_reserve(lane_.get(), model_.get(), 500, 10, &error_), GATUN_OK);
  const int64_t bytes = gatun_lane_workspace_bytes(lane_.get());
  PackedBatch batch;
  for (int i = 0; i < 10; ++i) batch.add(std::vector<int32_t>(50, 8));
  EXPECT_EQ(run_view(batch.view()), GATUN_OK) << error_.message;
  EXPECT_EQ(gatun_lane_workspace_bytes(lane_.get()), bytes);
  expect_argument_error(gatun_lane_reserve(lane_.get(), model_.get(), 0, 1, &error_), "tokens");
  expect_argument_error(gatun_lane_reserve(lane_.get(), model_.get(), 4, 5, &error_), "sequences");
}

TEST_F(Abi, WorkspaceTooLargeForTheMachineIsAnError) {
  // Three terabytes; a system that promises more memory than it has grants even that.
  const int32_t code = gatun_lane_reserve(lane_.get(), model_.get(), INT32_MAX, 1, &error_);
  EXPECT_TRUE(code == GATUN_ERROR_MEMORY || code == GATUN_OK) << error_.message;
  EXPECT_EQ(run_view(batch_.view()), GATUN_OK) << error_.message;
}

TEST_F(Abi, DescribeSaysWhatTheModelIs) {
  const gatun_model_info info = describe(model_.get());
  EXPECT_EQ(info.family, GATUN_FAMILY_BERT);
  EXPECT_EQ(info.head, GATUN_HEAD_SEQUENCE);
  EXPECT_EQ(info.pooling, GATUN_POOLING_CLS);
  EXPECT_EQ(info.normalized, 0);
  EXPECT_EQ(info.hidden_size, 64);
  EXPECT_EQ(info.layers, 4);
  EXPECT_EQ(info.attention_heads, 1);
  EXPECT_EQ(info.vocabulary, 760);
  EXPECT_EQ(info.positions_max, 320);
  EXPECT_EQ(info.token_types, 2);
  EXPECT_EQ(info.labels, 14);
  EXPECT_EQ(info.precision, GATUN_PRECISION_FP32);
  EXPECT_EQ(info.mapped_bytes, 0);
  const std::string file = read_file(own("bert-seqcls") / "model.safetensors");
  uint64_t header = 0;
  std::memcpy(&header, file.data(), sizeof(header));
  EXPECT_EQ(info.parameters, static_cast<int64_t>((file.size() - 8 - header) / sizeof(float)));
  EXPECT_GE(info.resident_bytes, info.parameters * 4);
}

TEST_F(Abi, RuntimeDescriptionIsCutLikeSnprintf) {
  char text[512];
  const int64_t length = gatun_runtime_describe(text, sizeof(text), &error_);
  ASSERT_GT(length, 20);
  EXPECT_EQ(static_cast<int64_t>(std::strlen(text)), length);
  const model::Json facts = model::parse_json(text, "runtime");
  EXPECT_EQ(facts.find("abi")->integer, GATUN_ABI_VERSION);
  EXPECT_EQ(facts.find("backend")->text, "cpu");
  EXPECT_GE(facts.find("cpus")->integer, 1);
  char cut[8];
  EXPECT_EQ(gatun_runtime_describe(cut, sizeof(cut), &error_), length);
  EXPECT_EQ(std::string(cut), std::string(text, 7));
  EXPECT_EQ(gatun_runtime_describe(nullptr, 0, &error_), length);
  EXPECT_EQ(gatun_runtime_describe(nullptr, 5, &error_), -1);
}

TEST_F(Abi, PathsAreChecked) {
  const std::string with_nul("a\0b", 3);
  EXPECT_EQ(gatun_model_open(with_nul.data(), 3, nullptr, 0, &error_), nullptr);
  EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_model_open("x", 0, nullptr, 0, &error_), nullptr);
  EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_model_open("x", -1, nullptr, 0, &error_), nullptr);
  EXPECT_EQ(error_.code, GATUN_ERROR_ARGUMENT);
  const std::string file = (own("bert-seqcls") / "config.json").string();
  EXPECT_EQ(gatun_model_open(file.data(), static_cast<int64_t>(file.size()), nullptr, 0, &error_),
            nullptr);
  EXPECT_EQ(error_.code, GATUN_ERROR_IO);
}

TEST_F(Abi, RandomBatchesNeverCrash) {
  std::mt19937 random(20260801);
  for (int i = 0; i < 3000; ++i) {
    PackedBatch batch;
    const auto tokens = 1 + random() % 40;
    for (size_t t = 0; t < tokens; ++t) {
      batch.ids.push_back(random() % 50 == 0 ? static_cast<int32_t>(random())
                                             : static_cast<int32_t>(random() % 760));
    }
    if (random() % 2 == 0) batch.types.assign(tokens, static_cast<int32_t>(random() % 3));
    const auto cuts = random() % 4;
    for (size_t c = 0; c < cuts; ++c) {
      batch.offsets.push_back(static_cast<int32_t>(random() % (tokens + 2)));
    }
    batch.offsets.push_back(static_cast<int32_t>(tokens));
    const int32_t code = run_view(batch.view());
    EXPECT_TRUE(code == GATUN_OK || code == GATUN_ERROR_ARGUMENT) << error_.message;
  }
}

}  // namespace
}  // namespace gatun::tests
