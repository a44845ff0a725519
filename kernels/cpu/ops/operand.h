// Activations in the form reduced products read.
#pragma once

#include "cpu/ops/product.h"
#include "kernels/types.h"

namespace gatun::kernels {
namespace {

using HalfElement = HalfProduct::Input;
using ByteElement = ByteProduct::Input;

int64_t half_bytes() { return sizeof(HalfElement); }

int64_t operand_stride(Precision precision, int64_t inputs) {
  const auto element = static_cast<int64_t>(precision == Precision::kInt8 ? sizeof(ByteElement)
                                                                          : sizeof(HalfElement));
  // Whole pairs of the widest vectors, and whole 64-byte rows of AMX tiles.
  return round_up(inputs, precision == Precision::kInt8 ? 64 : 32) * element;
}

/// What layer normalisation does to an element: (x − center)·scale, then ⊙ γ + β.
struct RowNorm {
  Vec center;
  Vec scale;
  const float* gamma;
  const float* beta;

  template <class Load>
  Vec operator()(Load load, const float* x) const {
    if (gamma == nullptr) return load(x);
    const Vec normal = (load(x) - center) * scale;
    return beta != nullptr ? fma(normal, load(gamma), load(beta)) : normal * load(gamma);
  }
};

RowNorm row_norm(const float* x, int64_t width, const float* gamma, const float* beta,
                 float epsilon) {
  if (gamma == nullptr) return {Vec::zero(), Vec::zero(), nullptr, nullptr};
  const float share = 1.0f / static_cast<float>(width);
  const float mean = sum_terms(x, width, [](Vec v) { return v; }) * share;
  const Vec center = Vec::broadcast(mean);
  const float variance = share * sum_terms(x, width, [=](Vec v) {
                           const Vec d = v - center;
                           return d * d;
                         });
  return {center, Vec::broadcast(1.0f / __builtin_sqrtf(variance + epsilon)), gamma, beta};
}

/// Range of a row, for its scale and offset.
struct Range {
  Vec low = Vec::broadcast(__builtin_inff());
  Vec high = Vec::broadcast(-__builtin_inff());

  void add(Vec v) {
    low = min(low, v);
    high = max(high, v);
  }
};

/// u8 of a row: u = (x − low)/scale rounded to nearest, scale = (high − low)/255, so that both ends
/// of the range are met. `value(i, load)` gives the elements; those past the width read as zero are
/// not stored.
template <class Value>
void write_bytes(Range range, int64_t width, ByteElement* bytes, float* scale, float* offset,
                 Value value) {
  const float low = -max_of(Vec::zero() - range.low), high = max_of(range.high);
  *scale = (high - low) * (1.0f / 255.0f);
  *offset = low + *scale * ByteProduct::kShift;
  const Vec inverse = Vec::broadcast(high > low ? 255.0f / (high - low) : 0.0f);
  const Vec start = Vec::broadcast(low);
  int64_t i = 0;
  for (; i + Vec::kLanes <= width; i += Vec::kLanes) {
    ByteProduct::store(bytes + i, (value(i, Vec::kLanes) - start) * inverse);
  }
  if (i < width) {
    ByteProduct::store_first(bytes + i, (value(i, width - i) - start) * inverse, width - i);
  }
  const int64_t padded = round_up(width, 64);
  for (i = width; i < padded; ++i) bytes[i] = 0;
}

Vec load_some(const float* p, int64_t count) {
  return count == Vec::kLanes ? Vec::load(p) : Vec::load_first(p, count);
}

void norm_row_int8(const float* x, int64_t width, const RowNorm& norm, float* y, int64_t row,
                   const Operand& operand) {
  Range range;
  int64_t i = 0;
  for (; i + Vec::kLanes <= width; i += Vec::kLanes) {
    const Vec n = norm([i](const float* p) { return Vec::load(p + i); }, x);
    range.add(n);
    if (y != nullptr) n.store(y + i);
  }
  for (; i < width; ++i) {
    const Vec n = norm([i](const float* p) { return Vec::broadcast(p[i]); }, x);
    range.add(n);
    if (y != nullptr) y[i] = first_of(n);
  }
  auto* bytes = reinterpret_cast<ByteElement*>(static_cast<unsigned char*>(operand.rows) +
                                               row * operand.stride);
  const bool whole = y != nullptr;  // x may be y, overwritten by now
  write_bytes(range, width, bytes, operand.scales + row, operand.offsets + row,
              [&](int64_t at, int64_t count) {
                if (whole) return load_some(y + at, count);
                return norm([=](const float* p) { return load_some(p + at, count); }, x);
              });
}

void norm_row_half(const float* x, int64_t width, const RowNorm& norm, float* y, int64_t row,
                   const Operand& operand) {
  auto* half = reinterpret_cast<HalfElement*>(static_cast<unsigned char*>(operand.rows) +
                                              row * operand.stride);
  for_each_vec(width, [&](int64_t i, auto load, auto store) {
    const Vec n = norm(load, x);
    if (y != nullptr) store(n, y);
    HalfProduct::store_first(half + i, n, smaller(Vec::kLanes, width - i));
  });
  const int64_t padded = round_up(width, 32);
  for (int64_t i = width; i < padded; ++i) half[i] = 0;
}

void norm_rows(const float* x, int64_t rows, int64_t width, const float* gamma, const float* beta,
               float epsilon, float* y, Precision precision, const Operand& operand) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * width;
    float* to = y == nullptr ? nullptr : y + r * width;
    const RowNorm norm = row_norm(row, width, gamma, beta, epsilon);
    if (precision == Precision::kInt8) {
      norm_row_int8(row, width, norm, to, r, operand);
    } else {
      norm_row_half(row, width, norm, to, r, operand);
    }
  }
}

void quantize_rows(const Half* x, int64_t x_stride, int64_t rows, int64_t width,
                   const Operand& operand) {
  const auto* row = static_cast<const HalfElement*>(x);
  for (int64_t r = 0; r < rows; ++r, row += x_stride) {
    Range range;
    int64_t i = 0;
    for (; i + Vec::kLanes <= width; i += Vec::kLanes) range.add(HalfProduct::value_at(row + i));
    if (i < width) {
      for (; i < width; ++i) range.add(HalfProduct::one_at(row + i));
    }
    auto* bytes = reinterpret_cast<ByteElement*>(static_cast<unsigned char*>(operand.rows) +
                                                 r * operand.stride);
    write_bytes(range, width, bytes, operand.scales + r, operand.offsets + r,
                [=](int64_t at, int64_t count) {
                  return count == Vec::kLanes ? HalfProduct::value_at(row + at)
                                              : HalfProduct::first_at(row + at, count);
                });
  }
}

}  // namespace
}  // namespace gatun::kernels
