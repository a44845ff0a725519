// What the multipliers can do when nothing is loaded or stored: the yardstick of benchmarks.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

/// Makes the compiler forget what it knows of a register.
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

/// Independent sums of one register tile, `steps` times.
template <class Product>
[[gnu::noinline]] double spin_registers(int64_t steps) {
  constexpr int kSums = Vec::kReducedRows * 2;
  alignas(64) unsigned char zeros[64] = {};
  typename Product::Sum sums[kSums];
  auto weights = Product::load(reinterpret_cast<const typename Product::Weight*>(zeros));
  auto inputs = Product::broadcast(reinterpret_cast<const typename Product::Input*>(zeros));
#pragma GCC unroll 16
  for (auto& sum : sums) sum = Product::zero();
  for (int64_t s = 0; s < steps; ++s) {
#pragma GCC unroll 16
    for (auto& sum : sums) sum = Product::dot(sum, weights, inputs);
    forget(weights);
    forget(inputs);
  }
  alignas(64) volatile float sink[Vec::kLanes];
  float* to = const_cast<float*>(sink);
  for (auto& sum : sums) Product::value(sum).store(to);
  return 2.0 * static_cast<double>(steps) * kSums * Vec::kLanes * Product::kDepth;
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
