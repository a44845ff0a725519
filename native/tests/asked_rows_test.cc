// Behind the attention of the last layer a pass computes the rows alone that a result reads: what
// a pooling takes of them is, bit for bit, what it takes when every row is computed.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "model/json.h"
#include "tests/support.h"
#include "tests/tasks.h"

namespace gatun::tests {
namespace {

/// A model and a result that reads one row of a sequence.
struct Subject {
  const char* model;
  int32_t kind;
};

const Subject kSubjects[] = {
    {"bert-seqcls", GATUN_OUTPUT_LOGITS},
    {"variant-sharded", GATUN_OUTPUT_LOGITS},
    {"qwen3-grouped", GATUN_OUTPUT_EMBEDDING},
};

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.model; }

PackedBatch some_batch() {
  PackedBatch batch;
  for (const int length : {40, 1, 64, 9, 33}) {
    std::vector<int32_t> ids;
    for (int i = 0; i < length; ++i) ids.push_back(3 + (i * 7 + length) % 200);
    batch.add(ids);
  }
  return batch;
}

Asked all_rows(const gatun_task* task, std::vector<int32_t> sequences = {}) {
  return {task, GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL, std::move(sequences), {}};
}

/// A model in one precision, and passes over the same batch.
class Opened {
 public:
  void open(const std::string& name, int32_t precision) {
    gatun_error error;
    model_ = open_cached(own_golden_set() / "models" / name, {}, &error, precision);
    ASSERT_NE(model_, nullptr) << error.message;
  }

  const gatun_model* model() const { return model_.get(); }
  const PackedBatch& batch() const { return batch_; }

  std::vector<Asked> run(std::vector<Asked> asked) const {
    run_tasks(lane_.get(), model(), batch_, asked);
    return asked;
  }

  double cost(std::vector<Asked> asked) const {
    return model::parse_json(plan_of(model(), batch_, asked), "plan").find("cost")->number;
  }

 private:
  ModelHandle model_;
  LaneHandle lane_ = open_lane(2);
  PackedBatch batch_ = some_batch();
};

class AskedRows : public testing::TestWithParam<std::tuple<Subject, int32_t>> {
 protected:
  void SetUp() override { opened_.open(subject().model, std::get<1>(GetParam())); }
  static const Subject& subject() { return std::get<0>(GetParam()); }
  static Asked pooled() { return {nullptr, subject().kind, 0, {}, {}}; }

  Opened opened_;
};

TEST_P(AskedRows, HaveTheBitsThatTheyHaveAmongAllRows) {
  const std::vector<Asked> alone = opened_.run({pooled()});
  const std::vector<Asked> among = opened_.run({pooled(), all_rows(nullptr)});
  const std::vector<Asked> some = opened_.run({pooled(), all_rows(nullptr, {2, 3})});
  ASSERT_FALSE(alone[0].values.empty());
  EXPECT_EQ(worst_difference(among[0].values, alone[0].values), 0);
  EXPECT_EQ(worst_difference(among[0].values, some[0].values), 0);
  const auto columns = among[1].values.size() / static_cast<size_t>(opened_.batch().tokens());
  const auto row = [&](size_t number) {
    return among[1].values.begin() + static_cast<std::ptrdiff_t>(number * columns);
  };
  EXPECT_EQ(worst_difference({row(41), row(41 + 73)}, some[1].values), 0) << "of those read whole";
}

TEST_P(AskedRows, CostLess) {
  const double some = opened_.cost({pooled(), all_rows(nullptr, {2})});
  EXPECT_LT(opened_.cost({pooled()}), some);
  EXPECT_LT(some, opened_.cost({pooled(), all_rows(nullptr)}));
}

INSTANTIATE_TEST_SUITE_P(Models, AskedRows,
                         testing::Combine(testing::ValuesIn(kSubjects),
                                          testing::Values(GATUN_PRECISION_FP32,
                                                          GATUN_PRECISION_BF16,
                                                          GATUN_PRECISION_INT8)),
                         [](const auto& info) {
                           std::string name = std::get<0>(info.param).model;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name + "_" + std::to_string(std::get<1>(info.param));
                         });

class AskedRowsOfTasks : public testing::TestWithParam<int32_t> {};

/// Twice the same task, so that copies of layers are computed apart.
TEST_P(AskedRowsOfTasks, HaveTheBitsThatTheyHaveAmongAllRows) {
  Opened opened;
  opened.open("bert-seqcls", GetParam());
  const fs::path adapter = own_golden_set() / "adapters/lora-bert-feedback";
  for (const int32_t form : {GATUN_TASK_LOW_RANK, GATUN_TASK_MERGED}) {
    const TaskHandle one = open_task(opened.model(), adapter, form);
    const TaskHandle other = open_task(opened.model(), adapter, form);
    ASSERT_NE(one, nullptr);
    ASSERT_NE(other, nullptr);
    std::vector<Asked> asked;
    for (const gatun_task* task : {one.get(), other.get(), static_cast<gatun_task*>(nullptr)}) {
      asked.push_back({task, GATUN_OUTPUT_LOGITS, 0, {}, {}});
    }
    const std::vector<Asked> alone = opened.run(asked);
    EXPECT_EQ(worst_difference(alone[0].values, alone[1].values), 0);
    for (const gatun_task* task : {one.get(), static_cast<gatun_task*>(nullptr)}) {
      std::vector<Asked> with = asked;
      with.push_back(all_rows(task));
      const std::vector<Asked> among = opened.run(with);
      for (size_t i = 0; i < asked.size(); ++i) {
        EXPECT_EQ(worst_difference(among[i].values, alone[i].values), 0) << form << " " << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, AskedRowsOfTasks,
                         testing::Values(GATUN_PRECISION_FP32, GATUN_PRECISION_BF16,
                                         GATUN_PRECISION_INT8));

}  // namespace
}  // namespace gatun::tests
