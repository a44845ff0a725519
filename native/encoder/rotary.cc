#include "encoder/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gatun::encoder {
namespace {

constexpr int64_t kPositionsFirst = 512;

/// Dimension at which a rotation turns `turns` times over the original positions.
double correction(const model::Rotary& rotary, double turns, int64_t head_dim) {
  const double original = static_cast<double>(rotary.yarn->original_positions);
  return static_cast<double>(head_dim) * std::log(original / (turns * 2 * std::numbers::pi)) /
         (2 * std::log(rotary.theta));
}

/// Share of each dimension pair that is interpolated: 0 below `low`, 1 above `high`.
std::vector<float> yarn_ramp(const model::Rotary& rotary, int64_t head_dim) {
  double low = correction(rotary, rotary.yarn->beta_fast, head_dim);
  double high = correction(rotary, rotary.yarn->beta_slow, head_dim);
  if (rotary.yarn->truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(head_dim) - 1);
  if (low == high) high += 0.001;  // a step, not a division by zero
  std::vector<float> ramp(static_cast<size_t>(head_dim / 2));
  for (size_t j = 0; j < ramp.size(); ++j) {
    const double share = (static_cast<double>(j) - low) / (high - low);
    ramp[j] = static_cast<float>(std::clamp(share, 0.0, 1.0));
  }
  return ramp;
}

}  // namespace

std::vector<float> inverse_frequencies(const model::Rotary& rotary, int64_t head_dim) {
  std::vector<float> inverse(static_cast<size_t>(head_dim / 2));
  for (size_t j = 0; j < inverse.size(); ++j) {
    const double exponent = static_cast<double>(2 * j) / static_cast<double>(head_dim);
    inverse[j] = 1.0F / static_cast<float>(std::pow(rotary.theta, exponent));
  }
  if (!rotary.yarn) return inverse;
  const std::vector<float> ramp = yarn_ramp(rotary, head_dim);
  const auto factor = static_cast<float>(rotary.yarn->factor);
  for (size_t j = 0; j < inverse.size(); ++j) {
    inverse[j] = inverse[j] * (1 - ramp[j]) + inverse[j] / factor * ramp[j];
  }
  return inverse;
}

RotaryTables::RotaryTables(const model::Rotary& rotary, int64_t head_dim, int64_t positions_max)
    : inverse_(inverse_frequencies(rotary, head_dim)),
      factor_(rotary.yarn ? static_cast<float>(rotary.yarn->attention_factor) : 1.0F),
      positions_max_(positions_max),
      values_(compute(std::min(positions_max, kPositionsFirst))) {}

std::shared_ptr<const RotaryTables::Values> RotaryTables::at_least(int64_t positions) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (values_->positions < positions) {
    values_ = compute(std::min(positions_max_, std::max(positions, 2 * values_->positions)));
  }
  return values_;
}

int64_t RotaryTables::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return values_->cosine.bytes() + values_->sine.bytes();
}

std::shared_ptr<const RotaryTables::Values> RotaryTables::compute(int64_t positions) const {
  const auto half = static_cast<int64_t>(inverse_.size());
  auto values = std::make_shared<Values>(
      Values{positions, Aligned<float>(positions * half), Aligned<float>(positions * half)});
  for (int64_t p = 0; p < positions; ++p) {
    for (int64_t j = 0; j < half; ++j) {
      // The angle is rounded to fp32, as in the models' training code; its cosine is then exact.
      const float angle = static_cast<float>(p) * inverse_[static_cast<size_t>(j)];
      values->cosine.data()[p * half + j] = static_cast<float>(std::cos(double{angle})) * factor_;
      values->sine.data()[p * half + j] = static_cast<float>(std::sin(double{angle})) * factor_;
    }
  }
  return values;
}

}  // namespace gatun::encoder
