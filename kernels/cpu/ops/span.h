// Loops over contiguous floats with a tail, and sums that lose little.
#pragma once

#include <cstdint>

#include "kernels/types.h"

namespace gatun::kernels {
namespace {

constexpr int64_t round_up(int64_t n, int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
constexpr int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/// The same visibility in numbers up to the length of the sequence, where a window hides nothing:
/// sums with positions stay in range.
constexpr Window bounded(Window window, int64_t tokens) {
  const auto side = [tokens](int64_t reach) {
    return reach < 0 || reach > tokens ? tokens : reach;
  };
  return {side(window.before), side(window.after)};
}

/// Calls body(i, load, store) for each group of lanes of [0, count): load(p) reads and store(v, p)
/// writes as many lanes at p + i as the group has.
template <class Body>
[[gnu::always_inline]] inline void for_each_vec(int64_t count, Body body) {
  int64_t i = 0;
  for (; i + Vec::kLanes <= count; i += Vec::kLanes) {
    body(
        i, [i](const float* p) { return Vec::load(p + i); },
        [i](Vec v, float* p) { v.store(p + i); });
  }
  if (i < count) {
    const int64_t rest = count - i;
    body(
        i, [i, rest](const float* p) { return Vec::load_first(p + i, rest); },
        [i, rest](Vec v, float* p) { v.store_first(p + i, rest); });
  }
}

/// Σ term(x[i]). Eight partial sums per lane: the error grows with count/(8·lanes) instead of
/// count, and eight cover the latency of the additions.
template <class Term>
float sum_terms(const float* x, int64_t count, Term term) {
  constexpr int kPartials = 8;
  Vec sums[kPartials];
  for (Vec& sum : sums) sum = Vec::zero();
  int64_t i = 0;
  for (; i + kPartials * Vec::kLanes <= count; i += kPartials * Vec::kLanes) {
    for (int p = 0; p < kPartials; ++p) {
      sums[p] = sums[p] + term(Vec::load(x + i + p * Vec::kLanes));
    }
  }
  for (; i + Vec::kLanes <= count; i += Vec::kLanes) sums[0] = sums[0] + term(Vec::load(x + i));
  for (int half = kPartials / 2; half > 0; half /= 2) {
    for (int p = 0; p < half; ++p) sums[p] = sums[p] + sums[p + half];
  }
  float total = sum_of(sums[0]);
  for (; i < count; ++i) total += first_of(term(Vec::broadcast(x[i])));
  return total;
}

}  // namespace
}  // namespace gatun::kernels
