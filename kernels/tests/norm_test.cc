#include <gtest/gtest.h>

#include <cmath>

#include "fenced.h"

namespace gatun::kernels {
namespace {

class Norm : public EveryTier {
 protected:
  /// The sums have at most width/8 + 24 roundings in a row in any tier (eight partial sums), the
  /// deviations around the mean carry them once, the scale half of them, and |deviation|/σ averages
  /// at most 1.
  void check(int64_t rows, int64_t width, float spread, float offset, bool with_beta,
             bool in_place) {
    SCOPED_TRACE(testing::Message() << rows << "×" << width << " around " << offset);
    constexpr float kEpsilon = 1e-5f;
    Numbers numbers(static_cast<uint32_t>(width * 7 + rows));
    Floats x = numbers.floats(rows * width, spread, offset);
    const Floats gamma = numbers.floats(width), beta = numbers.floats(width);
    Floats input(x.size()), y(x.size());
    std::copy(x.begin(), x.end(), input.begin());
    float* out = in_place ? x.data() : y.data();
    kernels().layer_norm(x.data(), rows, width, gamma.data(), with_beta ? beta.data() : nullptr,
                         kEpsilon, out);
    EXPECT_TRUE(x.intact() && y.intact());
    for (int64_t r = 0; r < rows; ++r) {
      const float* row = input.data() + r * width;
      double mean = 0, squares = 0;
      for (int64_t i = 0; i < width; ++i) mean += row[i];
      mean /= static_cast<double>(width);
      for (int64_t i = 0; i < width; ++i) squares += (row[i] - mean) * (row[i] - mean);
      const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + kEpsilon);
      const double roundings = gamma_bound(static_cast<double>(width) / 8 + 24);
      for (int64_t i = 0; i < width; ++i) {
        const double normal = (row[i] - mean) * scale;
        const double shift = with_beta ? beta[i] : 0.0;
        const double expected = normal * gamma[i] + shift;
        const double bound = roundings * std::fabs(gamma[i]) * (std::fabs(normal) + 1) +
                             2 * kUnit * (std::fabs(expected) + std::fabs(shift));
        ASSERT_NEAR(out[r * width + i], expected, bound) << "row " << r << " element " << i;
      }
    }
  }
};

// Tails of every tier, eight vectors of it (the partial sums) and neighbours, model widths.
TEST_P(Norm, LayerNormWidths) {
  for (int64_t width : {2, 7, 8, 15, 16, 17, 63, 64, 65, 127, 128, 129, 384, 768, 1024}) {
    check(3, width, 1.0f, 0.0f, true, false);
    check(1, width, 20.0f, 3.0f, false, true);
  }
}

// Offsets of a thousand and of a hundred thousand times the spread: E[x²] − E[x]² would lose every
// digit, and with the larger one even the rounded mean is visibly off the true one.
TEST_P(Norm, LayerNormKeepsDigitsUnderALargeOffset) {
  check(4, 768, 1.0f, 1000.0f, true, false);
  check(4, 768, 1.0f, 100000.0f, true, false);
}

// All values equal: the variance is zero, only ε keeps the result finite.
TEST_P(Norm, LayerNormOfAConstantRowIsBeta) {
  const int64_t width = 100;
  Floats x(width), gamma(width), beta(width);
  for (int64_t i = 0; i < width; ++i) x[i] = 3.0f, gamma[i] = 2.0f, beta[i] = 0.5f;
  kernels().layer_norm(x.data(), 1, width, gamma.data(), beta.data(), 1e-12f, x.data());
  for (float v : x) ASSERT_NEAR(v, 0.5f, 1e-6f);
}

TEST_P(Norm, LayerNormOfOneElementIsBeta) {
  Floats x(1), gamma(1), beta(1);
  x[0] = 12345.678f, gamma[0] = 3.0f, beta[0] = -1.25f;
  kernels().layer_norm(x.data(), 1, 1, gamma.data(), beta.data(), 1e-5f, x.data());
  EXPECT_EQ(x[0], -1.25f);
}

// As LayerNorm without a mean: the sum has width/8 + 24 roundings in a row, the scale half of them.
TEST_P(Norm, RmsNormWidths) {
  for (int64_t width : {1, 2, 7, 8, 15, 16, 17, 63, 64, 65, 127, 128, 129, 256, 768, 1024}) {
    for (const bool in_place : {false, true}) {
      constexpr int64_t kRows = 3;
      constexpr float kEpsilon = 1e-6f;
      Numbers numbers(static_cast<uint32_t>(width));
      Floats x = numbers.floats(kRows * width, 5.0f, 2.0f);
      const Floats gamma = numbers.floats(width);
      Floats input(x.size()), y(x.size());
      std::copy(x.begin(), x.end(), input.begin());
      float* out = in_place ? x.data() : y.data();
      kernels().rms_norm(x.data(), kRows, width, gamma.data(), kEpsilon, out);
      EXPECT_TRUE(x.intact() && y.intact());
      for (int64_t i = 0; i < kRows * width; ++i) {
        const float* row = input.data() + i / width * width;
        double squares = 0;
        for (int64_t j = 0; j < width; ++j) squares += static_cast<double>(row[j]) * row[j];
        const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + kEpsilon);
        const double expected = input[i] * scale * gamma[i % width];
        ASSERT_NEAR(out[i], expected,
                    gamma_bound(static_cast<double>(width) / 8 + 24) * std::fabs(expected))
            << width << " at " << i;
      }
    }
  }
}

// Only ε keeps a row of zeros finite.
TEST_P(Norm, RmsNormOfZerosIsZero) {
  Floats x(40), gamma(40);
  for (int64_t i = 0; i < 40; ++i) x[i] = 0.0f, gamma[i] = 2.0f;
  kernels().rms_norm(x.data(), 1, 40, gamma.data(), 1e-6f, x.data());
  for (float v : x) EXPECT_EQ(v, 0.0f);
}

// Compensated sums: the bound does not depend on the number of rows (32768 is the longest input).
TEST_P(Norm, MeanRows) {
  for (int64_t rows : {1, 2, 3, 100, 32768}) {
    for (int64_t width : {1, 7, 16, 33}) {
      Numbers numbers(static_cast<uint32_t>(rows + width));
      const Floats x = numbers.floats(rows * width, 1.0f, 10.0f);
      Floats y(width);
      kernels().mean_rows(x.data(), rows, width, y.data());
      EXPECT_TRUE(y.intact());
      for (int64_t i = 0; i < width; ++i) {
        double sum = 0, size = 0;
        for (int64_t r = 0; r < rows; ++r) {
          sum += x[r * width + i];
          size += std::fabs(static_cast<double>(x[r * width + i]));
        }
        const double count = static_cast<double>(rows);
        ASSERT_NEAR(y[i], sum / count, 4 * kUnit * size / count) << rows << "×" << width;
      }
    }
  }
}

TEST_P(Norm, NormalizeHasLengthOne) {
  for (int64_t width : {1, 5, 16, 384, 1024}) {
    for (float spread : {1.0f, 1e-6f, 1e25f}) {
      Numbers numbers(static_cast<uint32_t>(width));
      Floats x = numbers.floats(width, spread);
      Floats before(width);
      std::copy(x.begin(), x.end(), before.begin());
      kernels().normalize(x.data(), width);
      EXPECT_TRUE(x.intact());
      double squares = 0;
      for (float v : before) squares += static_cast<double>(v) * v;
      for (int64_t i = 0; i < width; ++i) {
        const double expected = before[i] / std::sqrt(squares);
        ASSERT_NEAR(x[i], expected, 2 * kUnit * std::fabs(expected));
      }
    }
  }
}

TEST_P(Norm, NormalizeLeavesZeroAndDividesTinyByTheFloor) {
  Floats x(3);
  x[0] = 0.0f, x[1] = 0.0f, x[2] = 0.0f;
  kernels().normalize(x.data(), 3);
  for (float v : x) EXPECT_EQ(v, 0.0f);
  x[1] = 1e-14f;
  kernels().normalize(x.data(), 3);
  EXPECT_NEAR(x[1], 1e-2f, 1e-8f);
}

// Every position of every length around a vector: a lane that is not looked at would be a hole.
TEST_P(Norm, AllFiniteSeesEveryElement) {
  for (int64_t count : {0, 1, 7, 8, 9, 16, 17, 130, 300}) {
    Numbers numbers(static_cast<uint32_t>(count));
    Floats x = numbers.floats(count, 3e38f);
    EXPECT_TRUE(kernels().all_finite(x.data(), count)) << count;
    for (int64_t i = 0; i < count; ++i) {
      const float before = x[i];
      for (float bad : {std::nanf(""), INFINITY, -INFINITY}) {
        x[i] = bad;
        ASSERT_FALSE(kernels().all_finite(x.data(), count)) << bad << " at " << i;
      }
      x[i] = before;
    }
  }
}

GATUN_ON_EVERY_TIER(Norm);

}  // namespace
}  // namespace gatun::kernels
