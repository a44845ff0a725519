// Sums, means and norms over token rows, and the check for finite results.
#pragma once

#include "cpu/ops/span.h"

namespace gatun::kernels {
namespace {

void add(const float* x, int64_t count, float* y) {
  for_each_vec(count, [=](int64_t, auto load, auto store) { store(load(y) + load(x), y); });
}

void scale(float factor, int64_t count, float* x) {
  const Vec by = Vec::broadcast(factor);
  for_each_vec(count, [=](int64_t, auto load, auto store) { store(load(x) * by, x); });
}

/// Compensated sums (Kahan, "Further remarks on reducing truncation errors"): the error of the mean
/// does not grow with the number of rows.
void mean_rows(const float* x, int64_t rows, int64_t width, float* y) {
  const Vec count = Vec::broadcast(static_cast<float>(rows));
  for_each_vec(width, [=](int64_t, auto load, auto store) {
    Vec sum = Vec::zero(), lost = Vec::zero();
    for (int64_t r = 0; r < rows; ++r) {
      const Vec term = load(x + r * width) - lost;
      const Vec next = sum + term;
      lost = (next - sum) - term;
      sum = next;
    }
    store(sum / count, y);
  });
}

/// In double: one row per sequence, so exactness costs nothing and squares cannot overflow.
void normalize(float* x, int64_t width) {
  double squares = 0.0;
  for (int64_t i = 0; i < width; ++i) squares += static_cast<double>(x[i]) * x[i];
  const double norm = __builtin_sqrt(squares);
  const double scale = 1.0 / (norm > 1e-12 ? norm : 1e-12);
  for (int64_t i = 0; i < width; ++i) x[i] = static_cast<float>(x[i] * scale);
}

/// 0·x is 0 for finite x and not a number otherwise, and a sum keeps it.
bool all_finite(const float* x, int64_t count) {
  const Vec zero = Vec::zero();
  return sum_terms(x, count, [=](Vec v) { return v * zero; }) == 0.0f;
}

}  // namespace
}  // namespace gatun::kernels
