// Adapters and heads over one trunk, against what PEFT and transformers computed: alone, merged, in
// one pass with others, and against each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "tests/support.h"
#include "tests/tasks.h"

namespace gatun::tests {
namespace {

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

/// Tasks that adapt some of the top layers, or none, beside one that adapts all.
class SharedBottom : public testing::Test {
 protected:
  void SetUp() override {
    model_ = open_model(own_golden_set() / "models/modernbert-lora-base");
    golden_ = read_case(own_golden_set() / "cases/lora-jailbreak");
    adapter_ = own_golden_set() / "adapters/lora-jailbreak";
    for (const GoldenInput& input : golden_.inputs) batch_.add(input.ids);
  }

  /// The adapter without its factors below `layer`.
  fs::path top(int layer) {
    const fs::path folder = folders_.path() / ("top" + std::to_string(layer));
    fs::create_directory(folder);
    copy_config_of_any_layers(adapter_, folder);
    filter_tensors(adapter_ / "adapter_model.safetensors", folder / "adapter_model.safetensors",
                   [layer](const std::string& name) {
                     const size_t at = name.find("layers.");
                     const bool below = at != std::string::npos && name[at + 7] - '0' < layer;
                     return below ? std::string() : name;
                   });
    return folder;
  }

  fs::path head() {
    const fs::path folder = folders_.path() / "head";
    fs::create_directory(folder);
    write_file(folder / "config.json",
               "{\"architectures\":[\"ModernBertForSequenceClassification\"]}");
    filter_tensors(adapter_ / "adapter_model.safetensors", folder / "head.safetensors",
                   [](const std::string& name) {
                     const std::string prefix = "base_model.model.";
                     return name.find("lora_") != std::string::npos ? std::string()
                                                                    : name.substr(prefix.size());
                   });
    return folder;
  }

  std::vector<float> alone(const gatun_task* task, int32_t kind, int32_t layer,
                           const std::vector<int32_t>& sequences) {
    std::vector<Asked> asked = {{task, kind, layer, sequences, {}}};
    run_tasks(lane_.get(), model_.get(), batch_, asked);
    return asked[0].values;
  }

  TemporaryFolder folders_;
  ModelHandle model_;
  LaneHandle lane_ = open_lane(2);
  GoldenCase golden_;
  fs::path adapter_;
  PackedBatch batch_;
};

TEST_F(SharedBottom, GivesWhatEachTaskGivesAlone) {
  const std::vector<fs::path> folders = {adapter_, top(1), top(3), head()};
  std::vector<TaskHandle> tasks;
  std::vector<TaskHandle> merged;
  std::vector<Asked> asked;
  for (size_t i = 0; i < folders.size(); ++i) {
    tasks.push_back(open_task(model_.get(), folders[i]));
    merged.push_back(open_task(model_.get(), folders[i], GATUN_TASK_MERGED));
    ASSERT_NE(tasks.back(), nullptr);
    ASSERT_NE(merged.back(), nullptr);
  }
  EXPECT_EQ(describe(tasks[1].get()).first_layer, 1);
  EXPECT_EQ(describe(tasks[2].get()).first_layer, 3);
  EXPECT_EQ(describe(tasks[3].get()).first_layer, 4);
  EXPECT_EQ(describe(tasks[3].get()).labels, 2);
  for (size_t i = 0; i < tasks.size(); ++i) {
    const gatun_task* task = i == 2 ? merged[i].get() : tasks[i].get();
    asked.push_back({task, GATUN_OUTPUT_LOGITS, 0, {}, {}});
    asked.push_back({task, GATUN_OUTPUT_LOGITS, 0, {static_cast<int32_t>(i), 5}, {}});
    asked.push_back({task, GATUN_OUTPUT_HIDDEN, 3, {1, 2}, {}});
    asked.push_back({task, GATUN_OUTPUT_EMBEDDING, 2, {4}, {}});
  }
  asked.push_back({nullptr, GATUN_OUTPUT_HIDDEN, 1, {}, {}});
  asked.push_back({nullptr, GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL, {3}, {}});
  run_tasks(lane_.get(), model_.get(), batch_, asked);
  for (size_t i = 0; i < asked.size(); ++i) {
    const Asked& a = asked[i];
    const gatun_task* other = a.task == nullptr ? nullptr : merged[i / 4].get();
    EXPECT_LE(worst_difference(alone(other, a.kind, a.layer, a.sequences), a.values), kLogits) << i;
  }
  EXPECT_GT(worst_difference(asked[0].values, asked[4].values), 0.01) << "tasks differ";
  EXPECT_GT(worst_difference(asked[8].values, asked[12].values), 0.01) << "tasks differ";
}

TEST_F(SharedBottom, ALayerThatIsChosenNeedsItsFactors) {
  const fs::path folder = folders_.path() / "missing";
  fs::create_directory(folder);
  const auto expect_refused = [&](const std::string& layer, const std::string& targets) {
    const std::string config = read_file(adapter_ / "adapter_config.json");
    const std::string others = replaced(config, "\"target_modules\"", "\"chosen\"").substr(1);
    const std::string own = "{\"target_modules\":" + targets + "," + others;
    write_file(folder / "adapter_config.json", targets.empty() ? config : own);
    filter_tensors(adapter_ / "adapter_model.safetensors", folder / "adapter_model.safetensors",
                   [&](const std::string& name) {
                     const bool left_out = name.find(layer + ".lora_") != std::string::npos;
                     return left_out ? std::string() : name;
                   });
    gatun_error error;
    EXPECT_EQ(open_task(model_.get(), folder, GATUN_TASK_LOW_RANK, &error), nullptr);
    EXPECT_NE(std::string(error.message).find(layer), std::string::npos) << error.message;
    EXPECT_NE(std::string(error.message).find("target_modules"), std::string::npos);
  };
  expect_refused("layers.1.attn.Wo", "");
  expect_refused("layers.3.mlp.Wi", "\"all-linear\"");
  filter_tensors(adapter_ / "adapter_model.safetensors", folder / "adapter_model.safetensors",
                 [](const std::string& name) {
                   return name.find("lora_") != std::string::npos ? std::string() : name;
                 });
  gatun_error error;
  EXPECT_EQ(open_task(model_.get(), folder, GATUN_TASK_LOW_RANK, &error), nullptr);
  EXPECT_NE(std::string(error.message).find("no lora_A"), std::string::npos) << error.message;
}

TEST_F(SharedBottom, IsPlannedAsSuch) {
  const TaskHandle low = open_task(model_.get(), top(2), GATUN_TASK_BOTH);
  const TaskHandle high = open_task(model_.get(), top(3));
  const TaskHandle plain = open_task(model_.get(), head());
  std::vector<Asked> asked = {{low.get(), GATUN_OUTPUT_LOGITS, 0, {0, 1}, {}},
                              {high.get(), GATUN_OUTPUT_LOGITS, 0, {1}, {}},
                              {plain.get(), GATUN_OUTPUT_LOGITS, 0, {2}, {}}};
  const auto rows = [&](size_t s) { return batch_.offsets[s + 1] - batch_.offsets[s]; };
  const model::Json plan = model::parse_json(plan_of(model_.get(), batch_, asked), "plan");
  EXPECT_EQ(plan.find("plan")->text, "shared-bottom");
  const std::vector<model::Json>& steps = plan.find("steps")->items;
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].find("rows")->integer, rows(0) + rows(1) + rows(2));
  EXPECT_EQ(steps[1].find("layer")->integer, 2);
  EXPECT_EQ(steps[1].find("rows")->integer, rows(0) + 2 * rows(1) + rows(2));
  EXPECT_EQ(steps[2].find("rows")->integer, rows(0) + 2 * rows(1) + rows(2));
  EXPECT_LT(plan.find("cost")->number, plan.find("separate")->number);
  asked.erase(asked.begin(), asked.begin() + 2);
  EXPECT_NE(plan_of(model_.get(), batch_, asked).find("\"shared-trunk\""), std::string::npos);
}

TEST_F(SharedBottom, ContractsAreChecked) {
  const TaskHandle task = open_task(model_.get(), adapter_);
  const ModelHandle other = open_model(own_golden_set() / "models/modernbert-lora-base");
  const auto expect_refused = [&](const gatun_model* over, std::vector<int32_t> sequences,
                                  const std::string& words) {
    Asked asked{task.get(), GATUN_OUTPUT_LOGITS, 0, std::move(sequences), {}};
    asked.values.resize(1000);
    gatun_output output = output_of(asked);
    const gatun_batch view = batch_.view();
    gatun_error error;
    EXPECT_EQ(gatun_lane_run(lane_.get(), over, &view, &output, 1, &error), GATUN_ERROR_ARGUMENT);
    EXPECT_NE(std::string(error.message).find(words), std::string::npos) << error.message;
  };
  expect_refused(other.get(), {}, "another model");
  expect_refused(model_.get(), {0, 0}, "rising");
  expect_refused(model_.get(), {-1}, "rising");
  expect_refused(model_.get(), {1000}, "rising");
}

INSTANTIATE_TEST_SUITE_P(Groups, Tasks, testing::ValuesIn(groups()), [](const auto& info) {
  std::string name = info.param.name + "_" + std::to_string(info.index);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace gatun::tests
