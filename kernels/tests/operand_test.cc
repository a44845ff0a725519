#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "reduced.h"

namespace gatun::kernels {
namespace {

class MakeOperand : public Reduced {
 protected:
  void check_norm(NormKind kind, int64_t width) {
    const int64_t rows = 3;
    const bool centered = kind == NormKind::kLayerNorm;
    Numbers numbers(static_cast<uint32_t>(width));
    Floats x = numbers.floats(rows * width, 3.0f, 1.0f);
    const Floats gamma = numbers.floats(width, 1.0f, 1.0f), beta = numbers.floats(width);
    for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
      Activations a = activations(precision, rows, width);
      Floats y(rows * width);
      kernels().norm_rows(kind, x.data(), rows, gamma.data(), centered ? beta.data() : nullptr,
                          1e-5f, y.data(), {{precision, width, 1}, nullptr}, a.operand);
      EXPECT_TRUE(a.rows.intact());
      for (int64_t r = 0; r < rows; ++r) {
        double mean = 0, square = 0;
        for (int64_t i = 0; centered && i < width; ++i) mean += x[r * width + i];
        mean /= static_cast<double>(width);
        for (int64_t i = 0; i < width; ++i) {
          square += (x[r * width + i] - mean) * (x[r * width + i] - mean);
        }
        const double norm = 1 / std::sqrt(square / static_cast<double>(width) + 1e-5);
        const std::vector<double> got = decoded(precision, a, r, width);
        for (int64_t i = 0; i < width; ++i) {
          const double shift = centered ? beta[i] : 0.0;
          const double n = (x[r * width + i] - mean) * norm * gamma[i] + shift;
          ASSERT_NEAR(y[r * width + i], n, 1e-5 * (1 + std::fabs(n)));
          const double step = precision == Precision::kInt8 ? 0.502 * a.scales[r] + 1e-6
                                                            : std::fabs(n) / 256 + 1e-6;
          ASSERT_NEAR(got[static_cast<size_t>(i)], n, step + 1e-5 * std::fabs(n))
              << "width " << width << " at " << i;
        }
      }
    }
  }
};

TEST_P(MakeOperand, NormAndQuantisationStayWithinHalfAStep) {
  for (const int64_t width : {1, 5, 16, 33, 384, 770}) {
    check_norm(NormKind::kLayerNorm, width);
    check_norm(NormKind::kRms, width);
  }
}

TEST_P(MakeOperand, NarrowsToHalves) {
  const int64_t size = kernels().half_bytes();
  for (int64_t count = 0; count <= 40; ++count) {
    const Floats x = Numbers(static_cast<uint32_t>(count)).floats(count, 100.0f);
    Bytes half(count * size);
    kernels().narrow(x.data(), count, half.data());
    EXPECT_TRUE(half.intact());
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EQ(half_at(half.data(), i), size == 2 ? bf16(x[i]) : x[i]) << count;
    }
  }
}

TEST_P(MakeOperand, QuantisesHalves) {
  for (const int64_t width : {1, 16, 21, 384}) {
    const int64_t rows = 4, stride = (width + 31) / 32 * 32;
    Bytes half(rows * stride * kernels().half_bytes());
    Numbers numbers(4);
    for (int64_t i = 0; i < rows * stride; ++i) set_half(half.data(), i, numbers.next() * 5);
    Activations a = activations(Precision::kInt8, rows, width);
    kernels().quantize_rows(half.data(), stride, rows, {{Precision::kInt8, width, 1}, nullptr},
                            a.operand);
    for (int64_t r = 0; r < rows; ++r) {
      const std::vector<double> got = decoded(Precision::kInt8, a, r, width);
      for (int64_t i = 0; i < width; ++i) {
        ASSERT_NEAR(got[static_cast<size_t>(i)], half_at(half.data(), r * stride + i),
                    0.502 * a.scales[r] + 1e-6);
      }
    }
  }
}

TEST_P(MakeOperand, MaximaOfColumns) {
  for (const int64_t width : {1, 15, 16, 17, 70}) {
    const Floats x = Numbers(3).floats(5 * width);
    Floats largest(width);
    for (float& v : largest) v = 0.25f;
    kernels().column_maxima(x.data(), 5, width, largest.data());
    for (int64_t k = 0; k < width; ++k) {
      float expected = 0.25f;
      for (int64_t r = 0; r < 5; ++r) expected = std::max(expected, std::fabs(x[r * width + k]));
      ASSERT_EQ(largest[k], expected);
    }
    int32_t kept[kKeptMax];
    Floats work(width);
    EXPECT_EQ(kernels().outstanding_inputs(x.data(), width, 5, work.data(), kept), 0);
  }
}

GATUN_ON_EVERY_TIER(MakeOperand);

}  // namespace
}  // namespace gatun::kernels
