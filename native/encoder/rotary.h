// Cosines and sines of rotary position embeddings (https://arxiv.org/abs/2104.09864).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "backend/backend.h"
#include "model/config.h"
#include "runtime/aligned.h"

namespace gatun::encoder {

/// Inverse frequencies θ^(−2j/d), j < d/2, in fp32, with YaRN's ramp where the rotary has one.
std::vector<float> inverse_frequencies(const model::Rotary& rotary, int64_t head_dim);

/// Tables of one rotary embedding for as many positions as were asked for so far. They are computed
/// on demand, because a configuration may allow far more positions than anybody sends, and shared
/// by all lanes. Thread-safe.
class RotaryTables {
 public:
  struct Values {
    int64_t positions;
    Aligned<float> cosine;  ///< [positions, d/2]
    Aligned<float> sine;

    backend::RotaryTable view() const { return {cosine.data(), sine.data()}; }
  };

  RotaryTables(const model::Rotary& rotary, int64_t head_dim, int64_t positions_max);

  /// Tables for at least `positions` positions.
  std::shared_ptr<const Values> at_least(int64_t positions);

  int64_t bytes() const;

 private:
  std::shared_ptr<const Values> compute(int64_t positions) const;

  const std::vector<float> inverse_;
  const float factor_;  // multiplies cosine and sine
  const int64_t positions_max_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Values> values_;
};

}  // namespace gatun::encoder
