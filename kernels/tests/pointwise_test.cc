#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "fenced.h"

namespace gatun::kernels {
namespace {

class Pointwise : public EveryTier {};

TEST_P(Pointwise, AddEveryTail) {
  for (int64_t count = 0; count <= 40; ++count) {
    Numbers numbers(static_cast<uint32_t>(count));
    const Floats x = numbers.floats(count), start = numbers.floats(count);
    Floats y(count);
    std::copy(start.data(), start.data() + count, y.begin());
    kernels().add(x.data(), count, y.data());
    EXPECT_TRUE(y.intact());
    for (int64_t i = 0; i < count; ++i) ASSERT_EQ(y[i], start[i] + x[i]);
  }
}

TEST_P(Pointwise, ScaleEveryTail) {
  for (int64_t count = 0; count <= 40; ++count) {
    const Floats start = Numbers(static_cast<uint32_t>(count)).floats(count);
    Floats x(count);
    std::copy(start.data(), start.data() + count, x.begin());
    kernels().scale(27.5f, count, x.data());
    EXPECT_TRUE(x.intact());
    for (int64_t i = 0; i < count; ++i) ASSERT_EQ(x[i], start[i] * 27.5f);
  }
}

// Halves below, at and above a vector, several heads, rows with a gap that must stay as it is.
TEST_P(Pointwise, RotateTurnsEachPair) {
  for (int64_t half : {1, 4, 8, 16, 17, 32, 48}) {
    const int64_t rows = 5, heads = 3, head_dim = 2 * half, stride = heads * head_dim + 7;
    Numbers numbers(static_cast<uint32_t>(half));
    const Floats start = numbers.floats((rows - 1) * stride + heads * head_dim);
    Floats cosine(rows * half), sine(rows * half);
    for (int64_t i = 0; i < rows * half; ++i) {
      cosine[i] = std::cos(static_cast<float>(i));
      sine[i] = std::sin(static_cast<float>(i));
    }
    Floats x(start.size());
    std::copy(start.data(), start.data() + start.size(), x.begin());
    kernels().rotate(x.data(), rows, stride, heads, head_dim, cosine.data(), sine.data());
    EXPECT_TRUE(x.intact());
    for (int64_t i = 0; i < x.size(); ++i) {
      const int64_t r = i / stride, column = i % stride;
      if (column >= heads * head_dim) {
        ASSERT_EQ(x[i], start[i]) << "gap";
        continue;
      }
      const int64_t j = column % head_dim, pair = j % half;
      const double c = cosine[r * half + pair], s = sine[r * half + pair];
      const double here = start[i], there = start[j < half ? i + half : i - half];
      const double expected = j < half ? here * c - there * s : here * c + there * s;
      ASSERT_NEAR(x[i], expected, 2 * kUnit * (std::fabs(here) + std::fabs(there)));
    }
  }
}

/// Value of an IEEE half, from its definition.
double half_value(uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                           : exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
                                            : std::ldexp(1024 + fraction, exponent - 25);
  return bits >> 15 != 0 ? -magnitude : magnitude;
}

double brain_value(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

// Every one of the 65536 halves, from an odd address: a safetensors file promises no alignment.
TEST_P(Pointwise, WidenEveryHalf) {
  constexpr int64_t kCount = 65536;
  for (Storage storage : {Storage::kF16, Storage::kBf16}) {
    Fenced<char> bytes(2 * kCount + 1);
    for (int64_t i = 0; i < kCount; ++i) {
      const uint16_t bits = static_cast<uint16_t>(i);
      std::memcpy(bytes.data() + 1 + 2 * i, &bits, sizeof bits);
    }
    Floats y(kCount);
    kernels().widen(storage, bytes.data() + 1, kCount, y.data());
    EXPECT_TRUE(y.intact());
    for (int64_t i = 0; i < kCount; ++i) {
      const uint16_t bits = static_cast<uint16_t>(i);
      const double expected = storage == Storage::kF16 ? half_value(bits) : brain_value(bits);
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(y[i])) << i;
      } else {
        ASSERT_EQ(y[i], expected) << i;
        ASSERT_EQ(std::signbit(y[i]), std::signbit(expected)) << i;
      }
    }
  }
}

TEST_P(Pointwise, WidenEveryTail) {
  for (Storage storage : {Storage::kF32, Storage::kF16, Storage::kBf16}) {
    const int64_t size = storage == Storage::kF32 ? 4 : 2;
    for (int64_t count = 0; count <= 35; ++count) {
      Fenced<char> bytes(count * size + 1);
      for (int64_t i = 0; i < count * size + 1; ++i) bytes[i] = static_cast<char>(i % 61);
      Floats y(count);
      kernels().widen(storage, bytes.data() + 1, count, y.data());
      EXPECT_TRUE(y.intact());
      for (int64_t i = 0; i < count; ++i) {
        uint16_t bits;
        float whole;
        std::memcpy(&bits, bytes.data() + 1 + i * size, sizeof bits);
        if (storage == Storage::kF32) std::memcpy(&whole, bytes.data() + 1 + i * 4, sizeof whole);
        const double expected = storage == Storage::kF32   ? whole
                                : storage == Storage::kF16 ? half_value(bits)
                                                           : brain_value(bits);
        ASSERT_EQ(y[i], expected) << count;
      }
    }
  }
}

GATUN_ON_EVERY_TIER(Pointwise);

}  // namespace
}  // namespace gatun::kernels
