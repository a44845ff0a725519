// u8 × s8 products of one lane.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

struct ByteProduct {
  using Input = uint8_t;
  using Weight = int8_t;
  using Weights = int32_t;
  using Inputs = int32_t;
  using Sum = int32_t;
  static constexpr int64_t kDepth = 1;
  static constexpr int kRows = Vec::kReducedRows;
  static constexpr int kVectors = Vec::kReducedVectors;
  static constexpr float kShift = 0.0f;

  static Sum zero() { return 0; }
  static Weights load(const Weight* p) { return *p; }
  static Inputs broadcast(const Input* p) { return *p; }
  static Sum dot(Sum sum, Weights weights, Inputs inputs) { return sum + weights * inputs; }
  static Vec value(Sum sum) { return {static_cast<float>(sum)}; }
  static Vec result(const float* sums) { return Vec::load(sums); }

  /// Stores the nearest integers of 0 … 255.
  static void store(Input* p, Vec v) { *p = static_cast<uint8_t>(nearest(v).value); }
  static void store_first(Input*, Vec, int64_t) {}
};

}  // namespace
}  // namespace gatun::kernels
