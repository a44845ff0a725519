// Rotary tables against their formulas in double precision.
#include "encoder/rotary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace gatun::encoder {
namespace {

// A frequency is a rounded power, once divided; an angle adds one rounding of p·2⁻²⁴ relative.
constexpr double kRelative = 3.0 / (1 << 24);

TEST(Rotary, PlainFrequencies) {
  const std::vector<float> inverse = inverse_frequencies({.theta = 160000, .yarn = {}}, 64);
  ASSERT_EQ(inverse.size(), 32U);
  EXPECT_EQ(inverse[0], 1.0F);
  for (size_t j = 0; j < inverse.size(); ++j) {
    const double exact = std::pow(160000.0, -2.0 * static_cast<double>(j) / 64);
    EXPECT_NEAR(inverse[j], exact, exact * kRelative);
  }
}

TEST(Rotary, YarnKeepsFastAndStretchesSlowDimensions) {
  const double theta = 10000;
  model::Rotary rotary{.theta = theta, .yarn = model::Yarn{}};
  rotary.yarn->factor = 4;
  rotary.yarn->original_positions = 512;
  const std::vector<float> inverse = inverse_frequencies(rotary, 64);
  const auto correction = [&](double turns) {
    return 64 * std::log(512 / (turns * 2 * std::numbers::pi)) / (2 * std::log(theta));
  };
  const double low = std::floor(correction(32));
  const double high = std::ceil(correction(1));
  for (size_t j = 0; j < inverse.size(); ++j) {
    const double plain = std::pow(theta, -2.0 * static_cast<double>(j) / 64);
    const double ramp = std::clamp((static_cast<double>(j) - low) / (high - low), 0.0, 1.0);
    const double exact = plain * (1 - ramp) + plain / 4 * ramp;
    EXPECT_NEAR(inverse[j], exact, exact * 4 * kRelative);
  }
  EXPECT_EQ(inverse[0], 1.0F);
  EXPECT_NEAR(inverse[31], std::pow(theta, -62.0 / 64) / 4, 1e-9);
}

TEST(Rotary, TablesGrowAndKeepTheirValues) {
  model::Rotary rotary{.theta = 10000, .yarn = model::Yarn{}};
  rotary.yarn->original_positions = 512;
  rotary.yarn->attention_factor = 1.25;
  RotaryTables tables(rotary, 16, 3000);
  const auto before = tables.at_least(10);
  const auto after = tables.at_least(2900);
  EXPECT_GE(before->positions, 10);
  EXPECT_GE(after->positions, 2900);
  EXPECT_LE(after->positions, 3000);
  EXPECT_EQ(tables.at_least(5), after);
  for (int64_t i = 0; i < before->positions * 8; ++i) {
    EXPECT_EQ(before->cosine.data()[i], after->cosine.data()[i]);
    EXPECT_EQ(before->sine.data()[i], after->sine.data()[i]);
  }
  EXPECT_EQ(after->cosine.data()[0], 1.25F);
  EXPECT_EQ(after->sine.data()[0], 0.0F);
  EXPECT_NEAR(after->sine.data()[1000 * 8], 1.25 * std::sin(1000.0), 1e-6);
}

}  // namespace
}  // namespace gatun::encoder
