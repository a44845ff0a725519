// Layer normalisation and its form without a mean.
#pragma once

#include "cpu/ops/span.h"

namespace gatun::kernels {
namespace {

/// Two passes: the variance is taken around the mean, and what rounding left of the mean is taken
/// out of it (Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance", eq. 1.7), so
/// a row whose values share a large offset loses no digits.
void layer_norm(const float* x, int64_t rows, int64_t width, const float* gamma, const float* beta,
                float epsilon, float* y) {
  const float share = 1.0f / static_cast<float>(width);
  for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
    const float rough = sum_terms(x, width, [](Vec v) { return v; }) * share;
    const Vec center = Vec::broadcast(rough);
    const float left = sum_terms(x, width, [=](Vec v) { return v - center; }) * share;
    const float squares = sum_terms(x, width, [=](Vec v) {
      const Vec d = v - center;
      return d * d;
    });
    const float variance = squares * share - left * left;
    const Vec scale =
        Vec::broadcast(1.0f / __builtin_sqrtf((variance > 0.0f ? variance : 0.0f) + epsilon));
    const Vec shift = Vec::broadcast(left);
    for_each_vec(width, [=](int64_t, auto load, auto store) {
      const Vec normal = ((load(x) - center) - shift) * scale;
      const Vec scaled = normal * load(gamma);
      store(beta != nullptr ? scaled + load(beta) : scaled, y);
    });
  }
}

void rms_norm(const float* x, int64_t rows, int64_t width, const float* gamma, float epsilon,
              float* y) {
  const float share = 1.0f / static_cast<float>(width);
  for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
    const float squares = sum_terms(x, width, [](Vec v) { return v * v; });
    const Vec scale = Vec::broadcast(1.0f / __builtin_sqrtf(squares * share + epsilon));
    for_each_vec(width,
                 [=](int64_t, auto load, auto store) { store(load(x) * scale * load(gamma), y); });
  }
}

}  // namespace
}  // namespace gatun::kernels
