// What the multipliers can do when nothing is loaded or stored: the yardstick of benchmarks.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

/// Uses a register, and makes the compiler forget what it knows of it: no work is left out.
template <class Register>
[[gnu::always_inline]] inline void forget(Register& value) {
#if defined(__aarch64__)
  if constexpr (sizeof value == sizeof(Vec)) {
    auto bits = __builtin_bit_cast(decltype(Vec::value), value);
    __asm__ volatile("" : "+w"(bits));
    value = __builtin_bit_cast(Register, bits);
    return;
  }
#else
  if constexpr (sizeof value > sizeof(float)) {
    __asm__ volatile("" : "+v"(value));
    return;
  }
#endif
  __asm__ volatile("" : "+m"(value));
}

/// The sums of one register tile as product_tile() forms them, `steps` times, without its loads.
template <class Product>
[[gnu::noinline]] double spin_registers(int64_t steps) {
  constexpr int kRows = Product::kRows, kVectors = Product::kVectors;
  alignas(64) unsigned char zeros[64] = {};
  typename Product::Sum sums[kRows][kVectors];
  typename Product::Weights weights[kVectors];
  auto inputs = Product::broadcast(reinterpret_cast<const typename Product::Input*>(zeros));
#pragma GCC unroll 8
  for (int j = 0; j < kVectors; ++j) {
    weights[j] = Product::load(reinterpret_cast<const typename Product::Weight*>(zeros));
    forget(weights[j]);
  }
#pragma GCC unroll 16
  for (auto& row : sums) {
#pragma GCC unroll 8
    for (auto& sum : row) sum = Product::zero();
  }
  for (int64_t s = 0; s < steps; ++s) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      forget(inputs);
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) sums[i][j] = Product::dot(sums[i][j], weights[j], inputs);
    }
  }
#pragma GCC unroll 16
  for (auto& row : sums) {
#pragma GCC unroll 8
    for (auto& sum : row) forget(sum);
  }
  return 2.0 * static_cast<double>(steps) * kRows * kVectors * Vec::kLanes * Product::kDepth;
}

double spin(Precision precision, int64_t steps) {
  switch (precision) {
    case Precision::kF32: return spin_registers<FmaProduct<float>>(steps);
    case Precision::kBf16: return spin_registers<HalfProduct>(steps);
    case Precision::kInt8: return spin_registers<ByteProduct>(steps);
  }
  return 0;
}

}  // namespace
}  // namespace gatun::kernels
