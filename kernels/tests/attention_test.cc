#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fenced.h"

namespace gatun::kernels {
namespace {

struct Case {
  int64_t tokens, head_dim;
  Window window;
  float spread = 1.0f;  ///< size of q and k: larger makes the softmax sharper
};

bool visible(const Case& c, int64_t i, int64_t j) {
  return (c.window.before < 0 || i - j <= c.window.before) &&
         (c.window.after < 0 || j - i <= c.window.after);
}

/// One row of attention in double, and a bound for fp32: an error δ of a score multiplies its
/// weight by e^δ, weights are normalised by their own sum, and n products are added.
struct Reference {
  std::vector<double> row;
  double bound;
};

Reference reference(const Case& c, const float* q, const float* k, const float* v, int64_t stride,
                    double scale, int64_t i) {
  std::vector<double> scores(c.tokens, -INFINITY);
  double highest = -INFINITY, size = 0, largest = 0;
  for (int64_t j = 0; j < c.tokens; ++j) {
    if (!visible(c, i, j)) continue;
    double sum = 0, terms = 0;
    for (int64_t d = 0; d < c.head_dim; ++d) {
      const double term = static_cast<double>(q[i * stride + d]) * k[j * stride + d] * scale;
      sum += term;
      terms += std::fabs(term);
      largest = std::max(largest, std::fabs(static_cast<double>(v[j * stride + d])));
    }
    scores[j] = sum;
    size = std::max(size, terms);
    highest = std::max(highest, sum);
  }
  Reference result = {std::vector<double>(c.head_dim, 0.0), 0.0};
  double total = 0, seen = 0;
  for (int64_t j = 0; j < c.tokens; ++j) {
    if (!visible(c, i, j)) continue;
    const double weight = std::exp(scores[j] - highest);
    total += weight;
    seen += 1;
    for (int64_t d = 0; d < c.head_dim; ++d) result.row[d] += weight * v[j * stride + d];
  }
  for (double& x : result.row) x /= total;
  const double score_error = gamma_bound(c.head_dim + 2.0) * size + 2 * kUnit * size;
  const double rescalings = seen / kKeyBlock + 1;
  const double weight_error = 2 * score_error + 2e-7 * (1 + rescalings);
  result.bound = largest * (2 * weight_error + 2 * gamma_bound(seen + 4));
  return result;
}

class Attention : public EveryTier {
 protected:
  /// Two heads packed side by side as q | k | v rows, so strides and neighbours matter.
  void check(const Case& c) {
    SCOPED_TRACE(testing::Message() << c.tokens << " tokens, head " << c.head_dim << ", window "
                                    << c.window.before << ", " << c.window.after);
    const int64_t stride = 6 * c.head_dim, out_stride = 2 * c.head_dim + 1;
    Numbers numbers(static_cast<uint32_t>(c.tokens * 1009 + c.head_dim * 31 + c.window.before));
    const Floats qkv = numbers.floats(c.tokens * stride, c.spread);
    Floats out((c.tokens - 1) * out_stride + 2 * c.head_dim);
    for (float& x : out) x = 99.0f;
    Floats scratch(kAttentionScratchFloats);
    const float* q = qkv.data() + c.head_dim;
    const float* k = qkv.data() + 3 * c.head_dim;
    const float* v = qkv.data() + 5 * c.head_dim;
    const float scale = 1.0f / std::sqrt(static_cast<float>(c.head_dim));
    AttentionTile tile = {};
    tile.q = q, tile.k = k, tile.v = v, tile.out = out.data() + c.head_dim;
    tile.q_stride = tile.k_stride = tile.v_stride = stride;
    tile.out_stride = out_stride;
    tile.tokens = c.tokens, tile.head_dim = c.head_dim, tile.window = c.window;
    tile.scale = scale, tile.scratch = scratch.data();
    for (int64_t first = 0; first < c.tokens; first += kQueryBlock) {
      tile.query_first = first;
      tile.query_count = std::min(kQueryBlock, c.tokens - first);
      kernels().attend(tile);
    }
    EXPECT_TRUE(out.intact());
    EXPECT_TRUE(scratch.intact());
    for (int64_t i = 0; i < c.tokens; ++i) {
      const Reference expected = reference(c, q, k, v, stride, scale, i);
      for (int64_t d = 0; d < c.head_dim; ++d) {
        ASSERT_NEAR(out[i * out_stride + c.head_dim + d], expected.row[d], expected.bound)
            << "token " << i << " element " << d;
        ASSERT_EQ(out[i * out_stride + d], 99.0f) << "neighbouring head of token " << i;
      }
    }
  }
};

// One token, a vector of each tier, the query and key blocks of 64, and their neighbours.
TEST_P(Attention, FullAroundBlockBorders) {
  for (int64_t tokens : {1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200}) {
    check({tokens, 32, {}});
  }
}

// Heads below, at and above a vector and a panel of every tier, odd ones, and the largest.
TEST_P(Attention, HeadSizes) {
  for (int64_t head_dim : {1, 2, 8, 12, 15, 16, 17, 33, 64, 72, 96, 128, 255, 256}) {
    check({70, head_dim, {}});
  }
}

// Windows narrower than a query block, that of ModernBERT (64), wider than a key block and than the
// sequence; blocks then hold queries that see none of their keys.
TEST_P(Attention, Windows) {
  for (int64_t window : {0, 1, 5, 16, 31, 32, 63, 64, 65, 100, 199, 200, 100000}) {
    check({200, 16, {window, window}});
  }
  check({1, 16, {0, 0}});
  check({65, 64, {64, 64}});
  check({300, 64, {64, 64}});
}

TEST_P(Attention, WindowOfTheLargestIntegerHidesNothing) { check({40, 8, {INT64_MAX, INT64_MAX}}); }

// Causal attention, all of the past or the last of it, and its mirror image.
TEST_P(Attention, SidesOfTheWindow) {
  for (int64_t tokens : {1, 2, 63, 64, 65, 200}) {
    for (int64_t reach :
         {int64_t{-1}, int64_t{0}, int64_t{1}, int64_t{31}, int64_t{64}, INT64_MAX}) {
      check({tokens, 16, {reach, 0}});
      check({tokens, 16, {0, reach}});
      check({tokens, 16, {reach, 70}});
    }
  }
}

// Large scores: the running maximum rises between blocks and most weights vanish.
TEST_P(Attention, SharpSoftmax) {
  check({257, 64, {}, 6.0f});
  check({257, 64, {64, 64}, 6.0f});
  check({257, 64, {-1, 0}, 6.0f});
}

// A maximum that rises in every block: each block must shrink what came before.
TEST_P(Attention, RisingMaximum) {
  const int64_t tokens = 256;
  Floats q(tokens), k(tokens), v(tokens), out(tokens), scratch(kAttentionScratchFloats);
  for (int64_t t = 0; t < tokens; ++t) q[t] = 1.0f, k[t] = 0.25f * t, v[t] = t % 7;
  AttentionTile tile = {q.data(), k.data(), v.data(), out.data(),    1, 1, 1, 1, tokens, 0, 1,
                        1,        {},       1.0f,     scratch.data()};
  kernels().attend(tile);
  double total = 0, sum = 0;
  for (int64_t t = 0; t < tokens; ++t) {
    const double weight = std::exp(0.25 * (t - tokens + 1));
    total += weight;
    sum += weight * (t % 7);
  }
  EXPECT_NEAR(out[0], sum / total, 6 * (1e-6 + gamma_bound(2.0 * tokens)));
}

// Queries in a block must not influence each other.
TEST_P(Attention, AQueryDoesNotDependOnItsBlock) {
  const int64_t tokens = 90, d = 24;
  Numbers numbers(3);
  const Floats q = numbers.floats(tokens * d), k = numbers.floats(tokens * d),
               v = numbers.floats(tokens * d);
  Floats block(tokens * d), alone(tokens * d), scratch(kAttentionScratchFloats);
  AttentionTile tile = {q.data(),    k.data(), v.data(), block.data(), d,
                        d,           d,        d,        tokens,       5,
                        kQueryBlock, d,        {},       0.2f,         scratch.data()};
  kernels().attend(tile);
  tile.out = alone.data();
  tile.query_count = 1;
  for (; tile.query_first < 5 + kQueryBlock; ++tile.query_first) {
    kernels().attend(tile);
    for (int64_t i = tile.query_first * d; i < (tile.query_first + 1) * d; ++i) {
      ASSERT_EQ(alone[i], block[i]);
    }
  }
}

// A value that is not finite must reach the output, where the engine looks for it.
TEST_P(Attention, NotANumberIsNotHidden) {
  const int64_t tokens = 70, d = 8;
  Numbers numbers(4);
  Floats x = numbers.floats(tokens * d);
  x[69 * d + 3] = std::nanf("");
  Floats out(tokens * d), scratch(kAttentionScratchFloats);
  AttentionTile tile = {x.data(), x.data(), x.data(), out.data(),    d, d, d, d, tokens, 0, 1,
                        d,        {},       0.3f,     scratch.data()};
  kernels().attend(tile);
  EXPECT_FALSE(kernels().all_finite(out.data(), d));
}

GATUN_ON_EVERY_TIER(Attention);

}  // namespace
}  // namespace gatun::kernels
