#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "fenced.h"

namespace gatun::kernels {
namespace {

double exact(Activation activation, double x) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kGeluErf: return x * std::erfc(-x / std::sqrt(2.0)) / 2;
    case Activation::kGeluTanh:
      return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case Activation::kSilu: return x / (1 + std::exp(-x));
    case Activation::kRelu: return x > 0 ? x : 0;
    case Activation::kTanh: return std::tanh(x);
  }
  return NAN;
}

/// What functions.h promises: Φ within 2e-7, so x·Φ(x) within 2e-7·|x|; tanh and exp within 3e-7
/// relative, and a rounding or two of the result.
double bound(Activation activation, double x, double y) {
  switch (activation) {
    case Activation::kNone:
    case Activation::kRelu: return 0;
    case Activation::kGeluErf: return 2e-7 * std::fabs(x) + kUnit * std::fabs(y) + 1e-37;
    // The argument of tanh has 4 roundings of its own; t·(1 − tanh²t) ≤ 0.45 carries them over.
    case Activation::kGeluTanh: return (3e-7 + 4 * kUnit) * std::fabs(x) + 1e-37;
    // eˣ is 0 below −87.3, where |x|·eˣ is at most 1.07e-36.
    case Activation::kSilu: return 5e-7 * std::fabs(y) + 1.1e-36;
    case Activation::kTanh: return 3e-7 * std::fabs(y);
  }
  return NAN;
}

constexpr Activation kAll[] = {Activation::kNone, Activation::kGeluErf, Activation::kGeluTanh,
                               Activation::kSilu, Activation::kRelu,    Activation::kTanh};

/// A dense grid over where the functions bend, the borders of their branches (0.625, 1.5, 6, 9.1),
/// tiny values, and values far outside.
std::vector<float> arguments() {
  std::vector<float> xs;
  for (int i = -120000; i <= 120000; ++i) xs.push_back(static_cast<float>(i) * 1e-4f);
  for (float x : {0.625f, 1.5f, 6.0f, 9.1f, 88.0f, 87.3f}) {
    for (float sign : {-1.0f, 1.0f}) {
      xs.push_back(std::nextafter(sign * x, 0.0f));
      xs.push_back(sign * x);
      xs.push_back(std::nextafter(sign * x, sign * INFINITY));
    }
  }
  for (float x : {0.0f, 1e-30f, 1e-10f, 1e-4f, 20.0f, 50.0f, 85.0f, 90.0f, 1e3f, 1e10f}) {
    xs.push_back(x);
    xs.push_back(-x);
  }
  return xs;
}

class ActivationTest : public EveryTier {};

TEST_P(ActivationTest, WithinItsBoundEverywhere) {
  const std::vector<float> xs = arguments();
  for (Activation activation : kAll) {
    Floats y(static_cast<int64_t>(xs.size()));
    std::copy(xs.begin(), xs.end(), y.begin());
    kernels().activate(activation, y.data(), y.size());
    for (int64_t i = 0; i < y.size(); ++i) {
      const double expected = exact(activation, xs[i]);
      ASSERT_NEAR(y[i], expected, bound(activation, xs[i], expected))
          << "activation " << static_cast<int>(activation) << " at " << xs[i];
    }
  }
}

// The two forms of GELU differ by up to 5e-4; mistaking one for the other must be visible.
TEST_P(ActivationTest, FormsOfGeluAreDistinct) {
  Floats erf(1), tanh(1);
  erf[0] = tanh[0] = 2.25f;
  kernels().activate(Activation::kGeluErf, erf.data(), 1);
  kernels().activate(Activation::kGeluTanh, tanh.data(), 1);
  EXPECT_GT(std::fabs(erf[0] - tanh[0]), 3e-4f);
}

// Every length around the vectors of each tier, so that tails are right and nothing past them
// moves.
TEST_P(ActivationTest, EveryTail) {
  for (Activation activation : kAll) {
    for (int64_t count = 0; count <= 33; ++count) {
      Numbers numbers(static_cast<uint32_t>(count));
      const Floats x = numbers.floats(count, 4.0f);
      Floats y(count);
      std::copy(x.data(), x.data() + count, y.begin());
      kernels().activate(activation, y.data(), count);
      EXPECT_TRUE(y.intact());
      for (int64_t i = 0; i < count; ++i) {
        const double expected = exact(activation, x[i]);
        ASSERT_NEAR(y[i], expected, bound(activation, x[i], expected));
      }
    }
  }
}

TEST_P(ActivationTest, NotANumberStaysNotANumber) {
  for (Activation activation : kAll) {
    Floats y(19);
    for (float& x : y) x = std::nanf("");
    kernels().activate(activation, y.data(), y.size());
    for (float x : y) ASSERT_TRUE(std::isnan(x)) << static_cast<int>(activation);
  }
}

TEST_P(ActivationTest, GateMultipliesTheHalves) {
  for (Activation activation : kAll) {
    for (int64_t width : {1, 7, 8, 16, 17, 40}) {
      const int64_t rows = 3;
      Numbers numbers(static_cast<uint32_t>(width));
      const Floats u = numbers.floats(rows * 2 * width, 3.0f);
      Floats y(rows * width);
      kernels().gate(activation, u.data(), rows, width, y.data());
      EXPECT_TRUE(y.intact());
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t i = 0; i < width; ++i) {
          const double left = u[r * 2 * width + i], right = u[r * 2 * width + width + i];
          const double f = exact(activation, left);
          ASSERT_NEAR(y[r * width + i], f * right,
                      bound(activation, left, f) * std::fabs(right) + kUnit * std::fabs(f * right));
        }
      }
    }
  }
}

GATUN_ON_EVERY_TIER(ActivationTest);

}  // namespace
}  // namespace gatun::kernels
