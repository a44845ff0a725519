#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "reduced.h"

namespace gatun::kernels {
namespace {

struct HalfCase {
  int64_t tokens, dim;
  Window window;
};

class AttendHalf : public Reduced {
 protected:
  void check(HalfCase c) {
    SCOPED_TRACE(testing::Message() << c.tokens << " tokens, dim " << c.dim << ", window "
                                    << c.window.before << ", " << c.window.after);
    const int64_t bytes = kernels().half_bytes(), stride = 3 * c.dim + 5;
    Bytes qkv(((c.tokens - 1) * stride + 3 * c.dim) * bytes);
    Numbers numbers(static_cast<uint32_t>(c.tokens + c.dim));
    for (int64_t i = 0; i < qkv.size() / bytes; ++i) set_half(qkv.data(), i, numbers.next() * 2);
    Bytes out(c.tokens * c.dim * bytes);
    Bytes scratch_memory(kernels().half_attention_scratch() + 64);
    auto* scratch = reinterpret_cast<void*>(
        (reinterpret_cast<uintptr_t>(scratch_memory.data()) + 63) / 64 * 64);
    const auto at = [&](int64_t element) { return qkv.data() + element * bytes; };
    for (int64_t first = 0; first < c.tokens; first += kQueryChunk) {
      kernels().attend_half({at(0), at(c.dim), at(2 * c.dim), out.data(), stride, c.dim, c.tokens,
                             first, std::min(kQueryChunk, c.tokens - first), c.dim, c.dim, c.window,
                             scratch});
    }
    EXPECT_TRUE(out.intact());
    EXPECT_TRUE(qkv.intact());
    std::vector<double> weights(static_cast<size_t>(c.tokens));
    for (int64_t i = 0; i < c.tokens; i += std::max<int64_t>(1, c.tokens / 40)) {
      double total = 0, top = -1e300;
      const auto seen = [&](int64_t j) {
        return (c.window.before < 0 || i - j <= c.window.before) &&
               (c.window.after < 0 || j - i <= c.window.after);
      };
      for (int64_t j = 0; j < c.tokens; ++j) {
        double score = 0;
        for (int64_t d = 0; d < c.dim; ++d) {
          score +=
              half_at(qkv.data(), i * stride + d) * half_at(qkv.data(), j * stride + c.dim + d);
        }
        weights[static_cast<size_t>(j)] = seen(j) ? score : -1e300;
        top = std::max(top, weights[static_cast<size_t>(j)]);
      }
      for (double& w : weights) total += w = w < -1e200 ? 0 : std::exp2(w - top);
      for (int64_t d = 0; d < c.dim; ++d) {
        double sum = 0;
        for (int64_t j = 0; j < c.tokens; ++j) {
          sum += weights[static_cast<size_t>(j)] * half_at(qkv.data(), j * stride + 2 * c.dim + d);
        }
        ASSERT_NEAR(half_at(out.data(), i * c.dim + d), sum / total, 0.02) << i << ", " << d;
      }
    }
  }
};

TEST_P(AttendHalf, EveryLengthAroundATile) {
  for (int64_t tokens : {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200}) {
    check({tokens, 64, {}});
  }
}

TEST_P(AttendHalf, HeadSizes) {
  for (int64_t dim : {1, 2, 16, 24, 32, 48, 64, 80, 128, 256}) check({70, dim, {}});
}

TEST_P(AttendHalf, Windows) {
  for (int64_t window : {0, 1, 15, 31, 32, 64, 100, 1000}) {
    check({300, 32, {window, window}});
    check({33, 32, {window, window}});
  }
}

TEST_P(AttendHalf, SeveralChunks) {
  check({1100, 32, {}});
  check({1100, 32, {64, 64}});
  check({1100, 32, {-1, 0}});
}

// Causal attention, all of the past or the last of it, and its mirror image.
TEST_P(AttendHalf, SidesOfTheWindow) {
  for (int64_t tokens : {1, 33, 130, 300}) {
    for (int64_t reach : {-1, 0, 1, 31, 64, 1000}) {
      check({tokens, 32, {reach, 0}});
      check({tokens, 32, {0, reach}});
      check({tokens, 32, {reach, 70}});
    }
  }
}

// One key in a later block has a score far from all others: above them, every running sum shrinks
// to nothing when it comes; below them, it changes nothing. Queries of 0.25 leave the other blocks
// within what needs no maximum, queries of 4 do not.
TEST_P(AttendHalf, OneLoudKey) {
  const int64_t tokens = 400, dim = 32, loud_key = 390, bytes = kernels().half_bytes();
  for (const double query : {0.25, 4.0, -0.25, -4.0}) {
    Bytes qkv(tokens * 3 * dim * bytes), out(tokens * dim * bytes);
    Numbers numbers(77);
    const auto at = [&](int64_t t, int64_t part, int64_t i) {
      return half_at(qkv.data(), (t * 3 + part) * dim + i);
    };
    for (int64_t t = 0; t < tokens; ++t) {
      for (int64_t i = 0; i < 3 * dim; ++i) {
        const double loud = t == loud_key && i >= dim && i < 2 * dim ? 1000 : 1;
        set_half(qkv.data(), t * 3 * dim + i, i < dim ? query : loud * std::fabs(numbers.next()));
      }
    }
    Bytes memory(kernels().half_attention_scratch() + 64);
    auto* scratch =
        reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
    kernels().attend_half({qkv.data(),
                           qkv.data() + dim * bytes,
                           qkv.data() + 2 * dim * bytes,
                           out.data(),
                           3 * dim,
                           dim,
                           tokens,
                           0,
                           tokens,
                           dim,
                           dim,
                           {},
                           scratch});
    std::vector<double> scores(static_cast<size_t>(tokens), 0.0);
    for (int64_t t = 0; t < tokens; ++t) {
      for (int64_t i = 0; i < dim; ++i) scores[static_cast<size_t>(t)] += query * at(t, 1, i);
    }
    const double top = *std::max_element(scores.begin(), scores.end());
    for (int64_t i = 0; i < dim; ++i) {
      double sum = 0, total = 0;
      for (int64_t t = 0; t < tokens; ++t) {
        const double weight = std::exp2(scores[static_cast<size_t>(t)] - top);
        total += weight;
        sum += weight * at(t, 2, i);
      }
      for (int64_t t = 0; t < tokens; ++t) {
        ASSERT_NEAR(half_at(out.data(), t * dim + i), sum / total, 0.02) << query << ", " << i;
      }
    }
  }
}

// Every score far below zero: nothing may vanish.
TEST_P(AttendHalf, LowScoresKeepTheirProportions) {
  const int64_t tokens = 70, dim = 32, bytes = kernels().half_bytes();
  Bytes qkv(tokens * 3 * dim * bytes), out(tokens * dim * bytes);
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t i = 0; i < dim; ++i) {
      set_half(qkv.data(), t * 3 * dim + i, -8.0);
      set_half(qkv.data(), t * 3 * dim + dim + i, 8.0);
      set_half(qkv.data(), t * 3 * dim + 2 * dim + i, t % 2 == 0 ? 1.0 : 0.5);
    }
  }
  Bytes memory(kernels().half_attention_scratch() + 64);
  auto* scratch =
      reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  kernels().attend_half({qkv.data(),
                         qkv.data() + dim * bytes,
                         qkv.data() + 2 * dim * bytes,
                         out.data(),
                         3 * dim,
                         dim,
                         tokens,
                         0,
                         tokens,
                         dim,
                         dim,
                         {},
                         scratch});
  for (int64_t i = 0; i < tokens * dim; ++i) ASSERT_NEAR(half_at(out.data(), i), 0.75, 0.01);
}

// Some keys are so large that tiles which see them keep maxima; others do not.
TEST_P(AttendHalf, ARowDoesNotDependOnItsChunk) {
  const int64_t tokens = 700, dim = 32, bytes = kernels().half_bytes();
  Bytes qkv(tokens * 3 * dim * bytes);
  Numbers numbers(5);
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t i = 0; i < 3 * dim; ++i) {
      const double loud = t % 150 == 149 && i >= dim && i < 2 * dim ? 40 : 1;
      set_half(qkv.data(), t * 3 * dim + i, loud * numbers.next() * 1.5);
    }
  }
  Bytes scratch_memory(kernels().half_attention_scratch() + 64);
  auto* scratch =
      reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(scratch_memory.data()) + 63) / 64 * 64);
  for (const Window window :
       {Window{0, 0}, Window{31, 31}, Window{50, 50}, Window{64, 64}, Window{200, 200},
        Window{1000, 1000}, Window{-1, 0}, Window{100, 0}}) {
    std::vector<std::vector<unsigned char>> results;
    for (const int64_t chunk : {kQueryChunk, int64_t{128}, int64_t{384}}) {
      Bytes out(tokens * dim * bytes);
      for (int64_t first = 0; first < tokens; first += chunk) {
        kernels().attend_half({qkv.data(), qkv.data() + dim * bytes, qkv.data() + 2 * dim * bytes,
                               out.data(), 3 * dim, dim, tokens, first,
                               std::min(chunk, tokens - first), dim, dim, window, scratch});
      }
      results.emplace_back(out.begin(), out.end());
    }
    EXPECT_TRUE(results[0] == results[1]) << "window " << window.before << ", " << window.after;
    EXPECT_TRUE(results[0] == results[2]) << "window " << window.before << ", " << window.after;
  }
}

GATUN_ON_EVERY_TIER(AttendHalf);

}  // namespace
}  // namespace gatun::kernels
