// Vec of four lanes: Advanced SIMD of AArch64, which every such CPU has.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace gatun::kernels {
namespace {

using Mask = uint32x4_t;

struct Vec {
  static constexpr int64_t kLanes = 4;
  // linear(): 6 × 4 sums, four weights and one input use 29 of 32 registers; ten loads, the four
  // weights in two pairs, feed 24 FMAs, so that two load pipes keep four FMA pipes busy.
  static constexpr int kLinearRows = 6;
  static constexpr int kLinearVectors = 4;
  // attend(): 4 × 4 sums cover 4 cycles of FMA latency on 4 pipes; four divides kQueryBlock, and
  // sixteen columns divide kKeyBlock and the usual head sizes 32 and 64.
  static constexpr int kAttendRows = 4;
  static constexpr int kAttendVectors = 4;

  // Reduced products: as linear().
  static constexpr int kReducedRows = 6;
  static constexpr int kReducedVectors = 4;

  float32x4_t value;

  static Vec zero() { return {vdupq_n_f32(0.0f)}; }
  static Vec broadcast(float x) { return {vdupq_n_f32(x)}; }
  static Vec load(const float* p) { return {vld1q_f32(p)}; }
  /// First `count` lanes of memory (0 ≤ count < kLanes), the others zero.
  static Vec load_first(const float* p, int64_t count) {
    float32x4_t lanes = vdupq_n_f32(0.0f);
    if (count > 0) lanes = vld1q_lane_f32(p, lanes, 0);
    if (count > 1) lanes = vld1q_lane_f32(p + 1, lanes, 1);
    if (count > 2) lanes = vld1q_lane_f32(p + 2, lanes, 2);
    return {lanes};
  }
  void store(float* p) const { vst1q_f32(p, value); }
  void store_first(float* p, int64_t count) const {
    if (count > 0) vst1q_lane_f32(p, value, 0);
    if (count > 1) vst1q_lane_f32(p + 1, value, 1);
    if (count > 2) vst1q_lane_f32(p + 2, value, 2);
  }

  static Vec load_bf16(const void* p) {
    const uint16x4_t stored = vreinterpret_u16_u8(vld1_u8(static_cast<const uint8_t*>(p)));
    return {vreinterpretq_f32_u32(vshll_n_u16(stored, 16))};
  }
  static Vec load_f16(const void* p) {
    return {vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(static_cast<const uint8_t*>(p))))};
  }

  /// Transposes the 4 × 4 matrix whose rows are `rows`: pairs, then halves.
  static void transpose(Vec (&rows)[kLanes]) {
    const float32x4x2_t low = vtrnq_f32(rows[0].value, rows[1].value);
    const float32x4x2_t high = vtrnq_f32(rows[2].value, rows[3].value);
    for (int i = 0; i < 2; ++i) {
      const float64x2_t a = vreinterpretq_f64_f32(low.val[i]);
      const float64x2_t b = vreinterpretq_f64_f32(high.val[i]);
      rows[i].value = vreinterpretq_f32_f64(vzip1q_f64(a, b));
      rows[i + 2].value = vreinterpretq_f32_f64(vzip2q_f64(a, b));
    }
  }
};

Vec operator+(Vec a, Vec b) { return {vaddq_f32(a.value, b.value)}; }
Vec operator-(Vec a, Vec b) { return {vsubq_f32(a.value, b.value)}; }
Vec operator*(Vec a, Vec b) { return {vmulq_f32(a.value, b.value)}; }
Vec operator/(Vec a, Vec b) { return {vdivq_f32(a.value, b.value)}; }
/// a·b + c, rounded once.
Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.value, a.value, b.value)}; }
/// max and min are not a number when either operand is not; x86 returns b then, which is the same
/// wherever a is a constant.
Vec max(Vec a, Vec b) { return {vmaxq_f32(a.value, b.value)}; }
Vec min(Vec a, Vec b) { return {vminq_f32(a.value, b.value)}; }
Vec abs(Vec a) { return {vabsq_f32(a.value)}; }
/// a within ±limit, its sign kept.
Vec limited(Vec a, Vec limit) { return max(Vec::zero() - limit, min(limit, a)); }
Mask less(Vec a, Vec b) { return vcltq_f32(a.value, b.value); }
Vec select(Mask mask, Vec yes, Vec no) { return {vbslq_f32(mask, yes.value, no.value)}; }
/// Nearest integer, ties to even.
Vec nearest(Vec a) { return {vrndnq_f32(a.value)}; }
/// 2ⁿ for an integer −126 ≤ n ≤ 127.
Vec power_of_two(Vec n) {
  const int32x4_t exponent = vaddq_s32(vcvtq_s32_f32(n.value), vdupq_n_s32(127));
  return {vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23))};
}
Vec floor(Vec x) { return {vrndmq_f32(x.value)}; }
/// What scale_by_power() takes: x ≥ −126, the others as −126.
Vec exponent_range(Vec x) { return max(Vec::broadcast(-126.0f), x); }
/// x − ⌊x⌋.
Vec fraction(Vec x) { return x - floor(x); }
/// v·2^⌊x⌋ for −126 ≤ x < 128.
Vec scale_by_power(Vec v, Vec x) { return v * power_of_two(floor(x)); }
float first_of(Vec a) { return vgetq_lane_f32(a.value, 0); }
float sum_of(Vec a) { return vaddvq_f32(a.value); }
float max_of(Vec a) { return vmaxvq_f32(a.value); }

}  // namespace
}  // namespace gatun::kernels
