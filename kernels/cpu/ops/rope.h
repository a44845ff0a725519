// Rotary position embedding, half-split form (Su et al., "RoFormer").
#pragma once

#include "cpu/ops/span.h"

namespace gatun::kernels {
namespace {

void rotate(float* x, int64_t rows, int64_t stride, int64_t heads, int64_t head_dim,
            const float* cosine, const float* sine) {
  const int64_t half = head_dim / 2;
  for (int64_t r = 0; r < rows; ++r, x += stride, cosine += half, sine += half) {
    for (int64_t h = 0; h < heads; ++h) {
      float* low = x + h * head_dim;
      float* high = low + half;
      for_each_vec(half, [=](int64_t, auto load, auto store) {
        const Vec a = load(low), b = load(high), c = load(cosine), s = load(sine);
        store(a * c - b * s, low);
        store(fma(a, s, b * c), high);
      });
    }
  }
}

}  // namespace
}  // namespace gatun::kernels
