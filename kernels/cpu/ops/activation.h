// Element-wise functions and the gated pair of GeGLU and SwiGLU.
#pragma once

#include "cpu/ops/functions.h"
#include "cpu/ops/span.h"
#include "kernels/types.h"

namespace gatun::kernels {
namespace {

struct Identity {
  Vec operator()(Vec x) const { return x; }
};

/// x·Φ(x): Hendrycks and Gimpel, "Gaussian Error Linear Units".
struct GeluErf {
  Vec operator()(Vec x) const { return x * normal_cdf(x); }
};

/// The tanh form of the same paper: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
struct GeluTanh {
  Vec operator()(Vec x) const {
    const Vec half = Vec::broadcast(0.5f) * x;
    const Vec inner = fma(Vec::broadcast(0.044715f) * x * x, x, x);
    return fma(half, tanh(Vec::broadcast(0.7978845608f) * inner), half);
  }
};

/// x/(1 + e⁻ˣ), by the exponential of −|x| so that nothing overflows.
struct Silu {
  Vec operator()(Vec x) const {
    const Vec one = Vec::broadcast(1.0f);
    const Vec power = exp(Vec::zero() - abs(x));
    return x * select(less(x, Vec::zero()), power, one) / (one + power);
  }
};

struct Relu {
  Vec operator()(Vec x) const { return max(Vec::zero(), x); }
};

struct Tanh {
  Vec operator()(Vec x) const { return tanh(x); }
};

template <class F>
void activate_all(F f, float* x, int64_t count) {
  for_each_vec(count, [=](int64_t, auto load, auto store) { store(f(load(x)), x); });
}

template <class F>
void gate_rows(F f, const float* u, int64_t rows, int64_t width, float* y) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* left = u + r * 2 * width;
    const float* right = left + width;
    float* out = y + r * width;
    for_each_vec(width,
                 [=](int64_t, auto load, auto store) { store(f(load(left)) * load(right), out); });
  }
}

/// Calls body with the function object of `activation`.
template <class Body>
void with_function(Activation activation, Body body) {
  switch (activation) {
    case Activation::kNone: return body(Identity());
    case Activation::kGeluErf: return body(GeluErf());
    case Activation::kGeluTanh: return body(GeluTanh());
    case Activation::kSilu: return body(Silu());
    case Activation::kRelu: return body(Relu());
    case Activation::kTanh: return body(Tanh());
  }
}

void activate(Activation activation, float* x, int64_t count) {
  with_function(activation, [=](auto f) { activate_all(f, x, count); });
}

void gate(Activation activation, const float* u, int64_t rows, int64_t width, float* y) {
  with_function(activation, [=](auto f) { gate_rows(f, u, rows, width, y); });
}

}  // namespace
}  // namespace gatun::kernels
