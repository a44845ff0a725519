// Vec of one lane in plain C++: the reference every other tier is tested against.
#pragma once

#include <cstdint>
#include <cstring>

namespace gatun::kernels {
namespace {

using Mask = bool;

struct Vec {
  static constexpr int64_t kLanes = 1;
  // linear(): 3 × 4 sums, one weight and one input fit the 16 scalar registers of x86-64.
  static constexpr int kLinearRows = 3;
  static constexpr int kLinearVectors = 4;
  // attend(): divides kQueryBlock rows and kKeyBlock columns.
  static constexpr int kAttendRows = 2;
  static constexpr int kAttendVectors = 4;
  // Reduced products: 2 × 4 sums.
  static constexpr int kReducedRows = 2;
  static constexpr int kReducedVectors = 4;

  float value;

  static Vec zero() { return {0.0f}; }
  static Vec broadcast(float x) { return {x}; }
  static Vec load(const float* p) { return {*p}; }
  /// First `count` lanes of memory (0 ≤ count < kLanes), the others zero.
  static Vec load_first(const float*, int64_t) { return {0.0f}; }
  void store(float* p) const { *p = value; }
  void store_first(float*, int64_t) const {}

  static Vec from_bits(uint32_t bits) {
    Vec v;
    std::memcpy(&v.value, &bits, sizeof bits);
    return v;
  }
  static Vec load_bf16(const void* p) {
    uint16_t stored;
    std::memcpy(&stored, p, sizeof stored);
    return from_bits(static_cast<uint32_t>(stored) << 16);
  }
  static Vec load_f16(const void* p) {
    uint16_t stored;
    std::memcpy(&stored, p, sizeof stored);
    const uint32_t sign = static_cast<uint32_t>(stored & 0x8000u) << 16;
    const uint32_t exponent = (stored >> 10) & 0x1fu;
    const uint32_t fraction = stored & 0x3ffu;
    if (exponent == 0x1fu) return from_bits(sign | 0x7f800000u | fraction << 13);
    if (exponent != 0) return from_bits(sign | (exponent + 112u) << 23 | fraction << 13);
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return {sign != 0 ? -magnitude : magnitude};
  }

  static void transpose(Vec (&)[kLanes]) {}
};

Vec operator+(Vec a, Vec b) { return {a.value + b.value}; }
Vec operator-(Vec a, Vec b) { return {a.value - b.value}; }
Vec operator*(Vec a, Vec b) { return {a.value * b.value}; }
Vec operator/(Vec a, Vec b) { return {a.value / b.value}; }
/// a·b + c; this tier rounds the product, the others do not.
Vec fma(Vec a, Vec b, Vec c) { return {a.value * b.value + c.value}; }
/// Like the x86 instructions, max and min return b when either operand is not a number.
Vec max(Vec a, Vec b) { return {a.value > b.value ? a.value : b.value}; }
Vec min(Vec a, Vec b) { return {a.value < b.value ? a.value : b.value}; }
Vec abs(Vec a) { return {__builtin_fabsf(a.value)}; }
/// a within ±limit, its sign kept.
Vec limited(Vec a, Vec limit) { return max(Vec::zero() - limit, min(limit, a)); }
Mask less(Vec a, Vec b) { return a.value < b.value; }
Vec select(Mask mask, Vec yes, Vec no) { return mask ? yes : no; }
/// Nearest integer, ties to even, for |a| < 2²²: adding 1.5·2²³ pushes the fraction out.
Vec nearest(Vec a) { return {(a.value + 12582912.0f) - 12582912.0f}; }
/// 2ⁿ for an integer −126 ≤ n ≤ 127.
Vec power_of_two(Vec n) {
  const float clamped = n.value >= -126.0f ? n.value : -126.0f;
  return Vec::from_bits(static_cast<uint32_t>(static_cast<int32_t>(clamped) + 127) << 23);
}
/// ⌊x⌋ for |x| < 2²².
Vec floor(Vec x) {
  const Vec n = nearest(x);
  return {n.value > x.value ? n.value - 1.0f : n.value};
}
/// What scale_by_power() takes: x ≥ −126, the others as −126.
Vec exponent_range(Vec x) { return max(Vec::broadcast(-126.0f), x); }
/// x − ⌊x⌋.
Vec fraction(Vec x) { return x - floor(x); }
/// v·2^⌊x⌋ for −126 ≤ x < 128.
Vec scale_by_power(Vec v, Vec x) { return v * power_of_two(floor(x)); }
float first_of(Vec a) { return a.value; }
float sum_of(Vec a) { return a.value; }
float max_of(Vec a) { return a.value; }

}  // namespace
}  // namespace gatun::kernels
