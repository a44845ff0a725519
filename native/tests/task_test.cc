// Adapters and heads over one trunk, against what PEFT and transformers computed: alone, merged, in
// one pass with others, and against each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "tests/support.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;

constexpr double kLogits = 1e-4;
constexpr double kHidden = 2e-4;

/// A group of tasks over one base, and the pairs of task and input of one call.
struct Group {
  fs::path set;
  std::string name;
  model::Json json;
};

void PrintTo(const Group& group, std::ostream* out) { *out << group.set / group.name; }

std::vector<Group> groups() {
  std::vector<Group> found;
  for (const fs::path& set : golden_sets()) {
    for (const auto& entry : fs::directory_iterator(set / "cases")) {
      const fs::path file = entry.path() / "multi_task.json";
      if (fs::exists(file)) {
        found.push_back({set, entry.path().filename().string(), read_json(file)});
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const Group& a, const Group& b) {
    return std::tie(a.set, a.name) < std::tie(b.set, b.name);
  });
  return found;
}

/// A task of a group with its golden outputs.
struct Member {
  std::string name;
  fs::path adapter;
  GoldenCase golden;
};

std::vector<Member> members_of(const Group& group) {
  std::vector<Member> members;
  for (const auto& [name, task] : group.json.find("tasks")->members) {
    members.push_back({name, group.set / task.find("adapter")->text,
                       read_case(group.set / task.find("cases")->text)});
  }
  return members;
}

double worst_difference(const std::vector<float>& expected, const std::vector<float>& actual) {
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

gatun_output output_of(Asked& asked) {
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
void run_tasks(gatun_lane* lane, const gatun_model* model, const PackedBatch& batch,
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

std::string plan_of(const gatun_model* model, const PackedBatch& batch, std::vector<Asked>& asked) {
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

class Tasks : public testing::TestWithParam<Group> {
 protected:
  void SetUp() override {
    model_ = open_model(GetParam().set / GetParam().json.find("base")->text);
    ASSERT_NE(model_, nullptr);
    members_ = members_of(GetParam());
  }

  void open_all(int32_t form) {
    tasks_.clear();
    for (const Member& member : members_) {
      tasks_.push_back(open_task(model_.get(), member.adapter, form));
      ASSERT_NE(tasks_.back(), nullptr);
    }
  }

  size_t index_of(const std::string& name) const {
    for (size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].name == name) return i;
    }
    ADD_FAILURE() << name;
    return 0;
  }

  /// Every input of every task on its own, and the hidden states the set holds.
  void expect_alone(const char* how) {
    const LaneHandle lane = open_lane(1);
    for (size_t t = 0; t < tasks_.size(); ++t) {
      double worst = 0;
      for (const GoldenInput& input : members_[t].golden.inputs) {
        PackedBatch batch;
        batch.add(input.ids, input.types);
        std::vector<Asked> asked = {{tasks_[t].get(), GATUN_OUTPUT_LOGITS, 0, {}, {}},
                                    {tasks_[t].get(), GATUN_OUTPUT_HIDDEN, -1, {}, {}}};
        for (int32_t i = 0; i <= describe(model_.get()).layers; ++i) {
          asked.push_back({tasks_[t].get(), GATUN_OUTPUT_HIDDEN, i, {}, {}});
        }
        run_tasks(lane.get(), model_.get(), batch, asked);
        worst = std::max(worst, compare(t, input.id, "logits", asked[0].values, kLogits));
        compare(t, input.id, "last_hidden_state", asked[1].values, kHidden);
        for (size_t i = 2; i < asked.size(); ++i) {
          compare(t, input.id, "layer" + std::to_string(i - 2), asked[i].values, kHidden);
        }
        ASSERT_FALSE(HasFailure());
      }
      std::printf("task %-20s %-8s logits %.1e\n", members_[t].name.c_str(), how, worst);
    }
  }

  double compare(size_t task, const std::string& id, const std::string& what,
                 const std::vector<float>& actual, double bound) {
    const auto& outputs = members_[task].golden.outputs;
    const auto found = outputs.find(id + "." + what);
    if (found == outputs.end()) return 0;
    const double worst = worst_difference(found->second, actual);
    EXPECT_LE(worst, bound) << members_[task].name << " " << id << " " << what;
    return worst;
  }

  ModelHandle model_;
  std::vector<Member> members_;
  std::vector<TaskHandle> tasks_;
};

TEST_P(Tasks, LowRankGivesWhatPeftGives) {
  open_all(GATUN_TASK_LOW_RANK);
  expect_alone("low-rank");
}

TEST_P(Tasks, MergedGivesWhatPeftGives) {
  open_all(GATUN_TASK_MERGED);
  expect_alone("merged");
}

/// The pairs of the group in one call; each distinct input is one sequence however many tasks read
/// it.
TEST_P(Tasks, AllTasksInOnePass) {
  for (const int32_t form : {GATUN_TASK_LOW_RANK, GATUN_TASK_MERGED, GATUN_TASK_BOTH}) {
    open_all(form);
    PackedBatch batch;
    std::map<std::string, int32_t> sequences;
    std::vector<std::map<int32_t, std::string>> wanted(members_.size());
    for (const model::Json& pair : GetParam().json.find("mixed_batch")->items) {
      const size_t task = index_of(pair.find("task")->text);
      const std::string& id = pair.find("input")->text;
      const GoldenInput& input = members_[task].golden.input(id);
      const auto [place, added] = sequences.emplace(id, static_cast<int32_t>(batch.sequences()));
      if (added) batch.add(input.ids, input.types);
      wanted[task][place->second] = id;
    }
    std::vector<Asked> asked;
    for (size_t t = 0; t < tasks_.size(); ++t) {
      Asked a{tasks_[t].get(), GATUN_OUTPUT_LOGITS, 0, {}, {}};
      for (const auto& [sequence, id] : wanted[t]) a.sequences.push_back(sequence);
      asked.push_back(a);
    }
    const LaneHandle lane = open_lane(2);
    run_tasks(lane.get(), model_.get(), batch, asked);
    for (size_t t = 0; t < tasks_.size(); ++t) {
      size_t at = 0;
      const bool per_token = describe(tasks_[t].get()).head == GATUN_HEAD_TOKEN;
      for (const auto& [sequence, id] : wanted[t]) {
        const auto s = static_cast<size_t>(sequence);
        const auto rows =
            per_token ? static_cast<size_t>(batch.offsets[s + 1] - batch.offsets[s]) : size_t{1};
        const size_t count = rows * static_cast<size_t>(describe(tasks_[t].get()).labels);
        const auto begin = asked[t].values.begin() + static_cast<std::ptrdiff_t>(at);
        compare(t, id, "logits", {begin, begin + static_cast<std::ptrdiff_t>(count)}, kLogits);
        at += count;
      }
      EXPECT_EQ(at, asked[t].values.size());
    }
    std::printf("%s\n", plan_of(model_.get(), batch, asked).c_str());
  }
}

/// Stopped anywhere and beside outputs of the model itself, a pass gives the same.
TEST_P(Tasks, PausedPassesGiveTheSame) {
  open_all(GATUN_TASK_LOW_RANK);
  PackedBatch batch;
  for (const GoldenInput& input : members_[0].golden.inputs) batch.add(input.ids, input.types);
  std::vector<int32_t> odd;
  for (int32_t s = 1; s < batch.sequences(); s += 2) odd.push_back(s);
  std::vector<Asked> asked;
  for (const TaskHandle& task : tasks_) {
    asked.push_back({task.get(), GATUN_OUTPUT_LOGITS, 0, odd, {}});
  }
  asked.push_back({nullptr, GATUN_OUTPUT_HIDDEN, 2, {}, {}});
  asked.push_back({nullptr, GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL, {0, 3}, {}});
  const LaneHandle lane = open_lane(2);
  run_tasks(lane.get(), model_.get(), batch, asked);
  std::vector<Asked> again = asked;
  std::vector<gatun_output> outputs;
  for (Asked& a : again) {
    std::fill(a.values.begin(), a.values.end(), 0.0F);
    outputs.push_back(output_of(a));
  }
  gatun_error error;
  {
    const PackedBatch copy = batch;
    const gatun_batch view = copy.view();
    ASSERT_EQ(gatun_lane_begin(lane.get(), model_.get(), &view, outputs.data(),
                               static_cast<int32_t>(outputs.size()), &error),
              GATUN_OK)
        << error.message;
  }
  for (Asked& a : again) std::fill(a.sequences.begin(), a.sequences.end(), -1);
  int32_t code = GATUN_PAUSED;
  int steps = 0;
  for (; code == GATUN_PAUSED; ++steps) code = gatun_lane_advance(lane.get(), 0, &error);
  ASSERT_EQ(code, GATUN_OK) << error.message;
  EXPECT_GT(steps, describe(model_.get()).layers);
  for (size_t i = 0; i < asked.size(); ++i) {
    EXPECT_EQ(worst_difference(asked[i].values, again[i].values), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Groups, Tasks, testing::ValuesIn(groups()), [](const auto& info) {
  std::string name = info.param.name + "_" + std::to_string(info.index);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace gatun::tests
