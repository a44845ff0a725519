// exp, Φ and tanh of a Vec. Coefficients: minimax fits of fit/polynomials.py.
#pragma once

#include <cstdint>

namespace gatun::kernels {
namespace {

/// Σ table[i]·xⁱ by Horner's rule.
template <int kCount>
Vec polynomial(Vec x, const float (&table)[kCount]) {
  Vec sum = Vec::broadcast(table[kCount - 1]);
  for (int i = kCount - 2; i >= 0; --i) sum = fma(sum, x, Vec::broadcast(table[i]));
  return sum;
}

/// eˣ within 2e-7 relative; 0 below −87.3 (where fp32 becomes subnormal) and e⁸⁸ above 88.
/// x = n·ln2 + r, |r| ≤ ln2/2; ln2 is split so that n times its first part is exact.
Vec exp(Vec x) {
  constexpr float kLowest = -87.3f, kHighest = 88.0f;
  constexpr float kLn2High = 355.0f / 512.0f, kLn2Low = -2.12194440e-4f;
  static constexpr float kTable[] = {0.5000000095f, 0.166665189f, 0.04166620597f, 0.008368882219f,
                                     0.001395047971f};
  const Vec bounded = min(Vec::broadcast(kHighest), max(Vec::broadcast(kLowest), x));
  const Vec n = nearest(bounded * Vec::broadcast(1.44269504f));
  Vec r = fma(n, Vec::broadcast(-kLn2High), bounded);
  r = fma(n, Vec::broadcast(-kLn2Low), r);
  const Vec power = fma(polynomial(r, kTable), r * r, r) + Vec::broadcast(1.0f);
  return select(less(x, Vec::broadcast(kLowest)), Vec::zero(), power * power_of_two(n));
}

float exp(float x) { return first_of(exp(Vec::broadcast(x))); }

/// Φ(x) = (1 + erf(x/√2))/2, the normal distribution function, within 2e-7 absolute (so erf within
/// 4e-7). Near zero an odd polynomial; further out Φ(−t) is the exponential of a polynomial, which
/// keeps small values relatively accurate; below −6, where Φ < 1e-9, zero.
Vec normal_cdf(Vec x) {
  constexpr float kNear = 1.5f, kFar = 6.0f;
  static constexpr float kNearTable[] = {0.3989421364f,    -0.06648841506f,  0.009966160349f,
                                         -0.001175455415f, 0.0001060581793f, -5.734614553e-6f};
  static constexpr float kTailTable[] = {-0.6964012095f,  -0.788791971f,   -0.3284839471f,
                                         -0.03078197514f, 0.003572908502f, -0.0001929377267f};
  const Vec one = Vec::broadcast(1.0f);
  const Vec t = abs(x);
  const Vec near = fma(polynomial(x * x, kNearTable), x, Vec::broadcast(0.5f));
  const Vec edge = min(Vec::broadcast(kFar), t);
  const Vec below =
      select(less(Vec::broadcast(kFar), t), Vec::zero(), exp(polynomial(edge, kTailTable)));
  const Vec tail = select(less(x, Vec::zero()), below, one - below);
  return select(less(t, Vec::broadcast(kNear)), near, tail);
}

/// tanh within 3e-7 relative. Near zero an odd polynomial, further out 1 − 2/(e²ᵗ + 1) with the
/// sign of x, constant past 9 where tanh rounds to 1.
Vec tanh(Vec x) {
  constexpr float kNear = 0.625f, kFar = 9.1f;
  static constexpr float kTable[] = {-0.3333328393f, 0.1333149128f, -0.05374349794f, 0.02065058712f,
                                     -0.005717045064f};
  const Vec one = Vec::broadcast(1.0f);
  const Vec t = min(Vec::broadcast(kFar), abs(x));
  const Vec u = x * x;
  const Vec near = fma(polynomial(u, kTable) * u, x, x);
  const Vec far = one - Vec::broadcast(2.0f) / (exp(t + t) + one);
  const Vec signed_far = select(less(x, Vec::zero()), Vec::zero() - far, far);
  return select(less(abs(x), Vec::broadcast(kNear)), near, signed_far);
}

/// 2ˣ within 8e-5 relative, for weights that are rounded to bf16; x ≤ 127, and what lies below −126
/// becomes 0 or at most 2⁻¹²⁶.
Vec coarse_exp2(Vec x) {
  static constexpr float kTable[] = {0.9999252188f, 0.6958335409f, 0.2260671541f, 0.0780245237f};
  const Vec bounded = exponent_range(x);
  return scale_by_power(polynomial(fraction(bounded), kTable), bounded);
}

/// x·Φ(x) within 3e-5 absolute (5e-5·|x| past ±3.9), for results that are rounded to bf16 or
/// eight bits: the odd polynomial alone.
struct CoarseGelu {
  Vec operator()(Vec x) const {
    constexpr float kFar = 3.9f;
    static constexpr float kTable[] = {0.3987407015f,    -0.06601133376f, 0.009581607728f,
                                       -0.001028607659f, 7.826088579e-5f, -3.943321678e-6f,
                                       1.165818288e-7f,  -1.517227272e-9f};
    const Vec t = limited(x, Vec::broadcast(kFar));
    return x * fma(polynomial(t * t, kTable), t, Vec::broadcast(0.5f));
  }
};

}  // namespace
}  // namespace gatun::kernels
