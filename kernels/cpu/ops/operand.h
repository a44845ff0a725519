// Activations in the form reduced products read.
#pragma once

#include "cpu/ops/pack.h"
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

/// What a norm does to an element: (x − center)·scale, then ⊙ γ + β.
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

RowNorm row_norm(NormKind kind, const float* x, int64_t width, const float* gamma,
                 const float* beta, float epsilon) {
  if (gamma == nullptr) return {Vec::zero(), Vec::zero(), nullptr, nullptr};
  const float share = 1.0f / static_cast<float>(width);
  const bool centered = kind == NormKind::kLayerNorm;
  const float mean = centered ? sum_terms(x, width, [](Vec v) { return v; }) * share : 0.0f;
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

/// n/factor of the consumer, whose inverse factors may be null.
template <class Load>
Vec smoothed(Vec n, const float* inverse, Load load) {
  return inverse == nullptr ? n : n * load(inverse);
}

void norm_row_int8(const float* x, int64_t width, const RowNorm& norm, float* y,
                   const float* inverse, int64_t row, const Operand& operand) {
  Range range;
  int64_t i = 0;
  for (; i + Vec::kLanes <= width; i += Vec::kLanes) {
    const auto load = [i](const float* p) { return Vec::load(p + i); };
    const Vec n = norm(load, x);
    range.add(smoothed(n, inverse, load));
    if (y != nullptr) n.store(y + i);
  }
  for (; i < width; ++i) {
    const auto load = [i](const float* p) { return Vec::broadcast(p[i]); };
    const Vec n = norm(load, x);
    range.add(smoothed(n, inverse, load));
    if (y != nullptr) y[i] = first_of(n);
  }
  auto* bytes = reinterpret_cast<ByteElement*>(static_cast<unsigned char*>(operand.rows) +
                                               row * operand.stride);
  write_bytes(range, width, bytes, operand.scales + row, operand.offsets + row,
              [&](int64_t at, int64_t count) {
                const auto load = [=](const float* p) { return load_some(p + at, count); };
                // x may be y, and hold n by now.
                return smoothed(y != nullptr ? load(y) : norm(load, x), inverse, load);
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

/// The parts of an int8 consumer.
PackedParts<ByteProduct> parts_of(const ReducedLinear& consumer) {
  return {consumer.shape, sizes_of<ByteProduct>(consumer.shape),
          const_cast<void*>(consumer.packed)};
}

void norm_rows(NormKind kind, const float* x, int64_t rows, const float* gamma, const float* beta,
               float epsilon, float* y, const ReducedLinear& consumer, const Operand& operand) {
  const int64_t width = consumer.shape.inputs;
  const bool int8 = consumer.shape.precision == Precision::kInt8;
  const float* inverse = int8 ? parts_of(consumer).inverse : nullptr;
  for (int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * width;
    float* to = y == nullptr ? nullptr : y + r * width;
    const RowNorm norm = row_norm(kind, row, width, gamma, beta, epsilon);
    if (int8) {
      norm_row_int8(row, width, norm, to, inverse, r, operand);
    } else {
      norm_row_half(row, width, norm, to, r, operand);
    }
  }
}

void narrow(const float* x, int64_t count, Half* y) {
  auto* half = static_cast<HalfElement*>(y);
  for_each_vec(count, [=](int64_t i, auto load, auto) {
    HalfProduct::store_first(half + i, load(x), smaller(Vec::kLanes, count - i));
  });
}

bool kept_in_range(const ReducedLinear& linear) {
  const int32_t* kept = linear.shape.keeps ? parts_of(linear).kept : nullptr;
  if (kept == nullptr) return true;
  if (kept[0] < 0 || kept[0] > kKeptMax) return false;
  for (int32_t i = 0; i < kept[0]; ++i) {
    if (kept[1 + i] < 0 || kept[1 + i] >= linear.shape.inputs) return false;
  }
  return true;
}

/// Takes the kept inputs out of a row of halves; see restore_kept().
void take_kept(HalfElement* row, const int32_t* kept, float* values, HalfElement* stored) {
  for (int32_t i = 0; i < kept[0]; ++i) {
    stored[i] = row[kept[1 + i]];
    values[i] = first_of(HalfProduct::one_at(stored + i));
    row[kept[1 + i]] = 0;
  }
}

void restore_kept(HalfElement* row, const int32_t* kept, const HalfElement* stored) {
  for (int32_t i = 0; i < kept[0]; ++i) row[kept[1 + i]] = stored[i];
}

void quantize_row(const HalfElement* row, int64_t width, int64_t r, const Operand& operand) {
  Range range;
  int64_t i = 0;
  for (; i + Vec::kLanes <= width; i += Vec::kLanes) range.add(HalfProduct::value_at(row + i));
  for (; i < width; ++i) range.add(HalfProduct::one_at(row + i));
  auto* bytes = reinterpret_cast<ByteElement*>(static_cast<unsigned char*>(operand.rows) +
                                               r * operand.stride);
  write_bytes(range, width, bytes, operand.scales + r, operand.offsets + r,
              [=](int64_t at, int64_t count) {
                return count == Vec::kLanes ? HalfProduct::value_at(row + at)
                                            : HalfProduct::first_at(row + at, count);
              });
}

void quantize_rows(const Half* x, int64_t x_stride, int64_t rows, const ReducedLinear& consumer,
                   const Operand& operand) {
  // A kept input becomes zero while its row is read, and is put back.
  auto* row = const_cast<HalfElement*>(static_cast<const HalfElement*>(x));
  const int32_t* kept = parts_of(consumer).kept;
  for (int64_t r = 0; r < rows; ++r, row += x_stride) {
    HalfElement stored[kKeptMax];
    if (kept != nullptr) take_kept(row, kept, operand.kept + r * kKeptMax, stored);
    quantize_row(row, consumer.shape.inputs, r, operand);
    if (kept != nullptr) restore_kept(row, kept, stored);
  }
}

}  // namespace
}  // namespace gatun::kernels
