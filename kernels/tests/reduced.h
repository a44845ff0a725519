// What tests of bf16 and int8 share: operands and half matrices of every tier, read back as
// numbers.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "fenced.h"

namespace gatun::kernels {

using Bytes = Fenced<unsigned char>;

/// Nearest bf16 number, ties to even.
inline double bf16(double x) {
  auto value = static_cast<float>(x);
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits = (bits + 0x7fffu + (bits >> 16 & 1u)) & 0xffff0000u;
  std::memcpy(&value, &bits, sizeof bits);
  return value;
}

/// A tier's operand and half matrices, read back as numbers.
class Reduced : public EveryTier {
 protected:
  struct Activations {
    Bytes rows;
    Floats scales, offsets;
    int64_t stride;
    Operand operand;
  };

  Activations activations(Precision precision, int64_t rows, int64_t inputs) {
    const int64_t stride = kernels().operand_stride(precision, inputs);
    Activations a = {Bytes(rows * stride), Floats(rows), Floats(rows), stride, {}};
    a.operand = {a.rows.data(), stride, a.scales.data(), a.offsets.data()};
    return a;
  }

  double half_at(const void* half, int64_t i) const {
    if (kernels().half_bytes() == 4) return static_cast<const float*>(half)[i];
    const uint32_t bits = static_cast<uint32_t>(static_cast<const uint16_t*>(half)[i]) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  void set_half(void* half, int64_t i, double x) const {
    const auto value = static_cast<float>(bf16(x));
    if (kernels().half_bytes() == 4) {
      static_cast<float*>(half)[i] = value;
      return;
    }
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    static_cast<uint16_t*>(half)[i] = static_cast<uint16_t>(bits >> 16);
  }

  /// Whether this tier stores activations as signed bytes: seen from the least of a row.
  bool signed_bytes() {
    const float ends[] = {0, 1};
    Activations a = activations(Precision::kInt8, 1, 2);
    encode(Precision::kInt8, ends, 1, 2, a.operand);
    return a.rows[0] != 0;
  }

  /// What the operand of row r holds, as the header describes it.
  std::vector<double> decoded(Precision precision, const Activations& a, int64_t r,
                              int64_t inputs) {
    std::vector<double> x(static_cast<size_t>(inputs));
    const bool is_signed = signed_bytes();
    const unsigned char* row = a.rows.data() + r * a.stride;
    const int64_t byte = kernels().operand_stride(Precision::kInt8, 64) / 64;
    for (int64_t k = 0; k < inputs; ++k) {
      if (precision == Precision::kBf16) {
        x[static_cast<size_t>(k)] = half_at(row, k);
      } else {
        int16_t wide = is_signed ? static_cast<int8_t>(row[k]) : int16_t{row[k]};
        if (byte == 2) std::memcpy(&wide, row + 2 * k, 2);
        x[static_cast<size_t>(k)] = static_cast<double>(a.scales[r]) * wide + a.offsets[r];
      }
    }
    return x;
  }

  /// Makes the operand of `rows` rows of x for a layer that neither smooths nor keeps.
  void encode(Precision precision, const float* x, int64_t rows, int64_t inputs,
              const Operand& operand) {
    const ReducedLinear consumer = {{precision, inputs, 1}, nullptr};
    kernels().norm_rows(NormKind::kLayerNorm, x, rows, nullptr, nullptr, 0, nullptr, consumer,
                        operand);
  }
};

}  // namespace gatun::kernels
