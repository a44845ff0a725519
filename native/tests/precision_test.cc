// Every golden model in reduced precision, against what transformers computed in fp32.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <tuple>

#include "tests/golden_subject.h"
#include "tests/support.h"

namespace gatun::tests {
namespace {

/// Bounds for the random weights of the golden sets, which are harder than trained ones (README
/// there): the label where fp32 prefers it by `margin`, probabilities, cosines of embeddings.
struct Bounds {
  int32_t precision;
  const char* name;
  double margin;
  double probability;
  double cosine;
};

constexpr Bounds kBounds[] = {{GATUN_PRECISION_BF16, "bf16", 0.1, 0.08, 0.99},
                              {GATUN_PRECISION_INT8, "int8", 0.25, 0.17, 0.97}};

void PrintTo(const Bounds& bounds, std::ostream* out) { *out << bounds.name; }

using Row = std::span<const float>;

std::vector<double> softmax(Row logits) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  std::vector<double> p;
  double sum = 0;
  for (const float x : logits) sum += p.emplace_back(std::exp(x - highest));
  for (double& x : p) x /= sum;
  return p;
}

/// Between the best class and the next.
double margin(Row logits) {
  std::vector<float> sorted(logits.begin(), logits.end());
  std::partial_sort(sorted.begin(), sorted.begin() + 2, sorted.end(), std::greater<>());
  return sorted[0] - sorted[1];
}

int64_t label(Row logits) {
  return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

double cosine(Row a, Row b) {
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

class Precision : public testing::TestWithParam<std::tuple<GoldenSubject, Bounds>> {
 protected:
  const GoldenSubject& subject() const { return std::get<0>(GetParam()); }
  const Bounds& bounds() const { return std::get<1>(GetParam()); }

  void SetUp() override {
    const std::string folder = subject().model.string();
    gatun_model_options options{};
    options.precision = bounds().precision;
    gatun_error error;
    model_.reset(gatun_model_open(folder.data(), static_cast<int64_t>(folder.size()), &options,
                                  sizeof(options), &error));
    ASSERT_NE(model_, nullptr) << error.message;
    info_ = describe(model_.get());
    EXPECT_EQ(info_.precision, bounds().precision);
    if (!subject().cases.empty()) golden_ = read_case(subject().cases);
  }

  /// Compares one kind of result of an input, where the set has it.
  void compare(const GoldenInput& input, const LaneHandle& lane, int32_t kind,
               const std::string& what) {
    const auto found = golden_.outputs.find(input.id + "." + what);
    if (found == golden_.outputs.end()) return;
    PackedBatch batch;
    batch.add(input.ids, input.types);
    const Result result = run(lane.get(), model_.get(), batch, {{kind, 0}})[0];
    ASSERT_EQ(result.values.size(), found->second.size());
    const auto columns = static_cast<size_t>(result.columns);
    for (size_t first = 0; first < result.values.size(); first += columns) {
      const Row expected = Row(found->second).subspan(first, columns);
      const Row actual = Row(result.values).subspan(first, columns);
      if (kind == GATUN_OUTPUT_LOGITS) {
        compare_logits(expected, actual);
      } else {
        cosine_ = std::min(cosine_, cosine(expected, actual));
      }
      ++rows_;
    }
  }

  void compare_logits(Row expected, Row actual) {
    const std::vector<double> wanted = softmax(expected), given = softmax(actual);
    for (size_t i = 0; i < wanted.size(); ++i) {
      probability_ = std::max(probability_, std::abs(wanted[i] - given[i]));
    }
    if (label(expected) == label(actual)) return;
    ++other_labels_;
    EXPECT_LT(margin(expected), bounds().margin);
  }

  ModelHandle model_;
  gatun_model_info info_{};
  GoldenCase golden_;
  int64_t rows_ = 0, other_labels_ = 0;
  double probability_ = 0, cosine_ = 1;
};

TEST_P(Precision, StaysNearFp32) {
  const LaneHandle lane = open_lane(1);
  for (const GoldenInput& input : golden_.inputs) {
    SCOPED_TRACE(input.id);
    if (info_.head != GATUN_HEAD_NONE) compare(input, lane, GATUN_OUTPUT_LOGITS, "logits");
    if (info_.normalized != 0) compare(input, lane, GATUN_OUTPUT_EMBEDDING, "embedding");
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_EQ(rows_ > 0, !golden_.inputs.empty());
  EXPECT_LE(probability_, bounds().probability);
  EXPECT_GE(cosine_, bounds().cosine);
  if (rows_ == 0) return;  // a base of adapters, opened and no more
  std::printf("%s %-11s %-6s %-32s probability %.3f cosine %.5f other labels %.2f %%\n",
              bounds().name, engine_tier().c_str(), subject().set.c_str(), subject().name.c_str(),
              probability_, cosine_,
              100.0 * static_cast<double>(other_labels_) / static_cast<double>(rows_));
}

/// The input of the first block: rounded rows of the token table, the norm in fp32. Half a step of
/// a row is 1/254 of its largest element, which leaves an angle below one degree and a half.
TEST_P(Precision, TheTokenTableIsNearFp32) {
  constexpr double kCosine = 0.9997;
  const ModelHandle reference = open_model(subject().model);
  const LaneHandle lane = open_lane(1);
  for (const GoldenInput& input : golden_.inputs) {
    SCOPED_TRACE(input.id);
    PackedBatch batch;
    batch.add(input.ids, input.types);
    const Result expected = run(lane.get(), reference.get(), batch, {{GATUN_OUTPUT_HIDDEN, 0}})[0];
    const Result actual = run(lane.get(), model_.get(), batch, {{GATUN_OUTPUT_HIDDEN, 0}})[0];
    ASSERT_EQ(expected.values.size(), actual.values.size());
    const auto columns = static_cast<size_t>(expected.columns);
    for (size_t first = 0; first < expected.values.size(); first += columns) {
      const Row row = Row(expected.values).subspan(first, columns);
      EXPECT_GE(cosine(row, Row(actual.values).subspan(first, columns)), kCosine);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Precision,
                         testing::Combine(testing::ValuesIn(golden_subjects()),
                                          testing::ValuesIn(kBounds)),
                         [](const auto& info) {
                           return std::get<0>(info.param).label() + "_" +
                                  std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace gatun::tests
