// What happens to the results of a reduced product while they are still in the first-level cache.
#pragma once

#include "cpu/ops/activation.h"
#include "cpu/ops/operand.h"
#include "cpu/ops/pack.h"

namespace gatun::kernels {
namespace {

/// Two vectors of packed columns side by side, and where their results belong.
struct Columns {
  int64_t column = 0;  ///< in packed order
  Slot slots[2] = {};
  int64_t angle = 0;  ///< of a rotated head: first of its angles

  bool full() const { return slots[0].count == Vec::kLanes && slots[1].count == Vec::kLanes; }

  Columns() = default;
  Columns(const ReducedShape& shape, int64_t first)
      : column(first), slots{slot_at(shape, first), slot_at(shape, first + Vec::kLanes)} {
    if (shape.pairs.group > 0) angle = first % rotated_dim(shape.pairs.group) / 2;
  }
};

/// Results of one block of rows and one panel, as Product::result() reads them; row r at
/// sums + r·stride.
struct Results {
  const float* sums;
  int64_t stride;
  int64_t row;  ///< first row, in the operand and in the output
  int64_t rows;
  const Columns* columns;  ///< of each two vectors of the panel
};

/// The constants of a vector of columns.
struct ColumnTerms {
  Vec scale;
  Vec sum;
  Vec bias;

  template <class Parts>
  ColumnTerms(const Parts& parts, int64_t column) {
    bias = Vec::load(parts.bias + column);
    scale = parts.scales != nullptr ? Vec::load(parts.scales + column) : Vec::zero();
    sum = parts.sums != nullptr ? Vec::load(parts.sums + column) : Vec::zero();
  }
};

/// x·Wᵀ + bias of one vector. int8: x = s·u + m and w = t·q, so x·w = s·t·Σuq + m·t·Σq.
template <class Product>
Vec result_of(const float* sums, const ColumnTerms& terms, const Operand& x, int64_t row) {
  const Vec value = Product::result(sums);
  if constexpr (sizeof(typename Product::Weight) == 1) {
    const Vec rest = fma(terms.sum, Vec::broadcast(x.offsets[row]), terms.bias);
    return fma(value, terms.scale * Vec::broadcast(x.scales[row]), rest);
  } else {
    return value + terms.bias;
  }
}

/// Adds what the kept inputs contribute to a vector of packed columns.
template <class Parts>
Vec with_kept(Vec result, const Parts& parts, const Operand& x, int64_t row, int64_t column) {
  const float* values = x.kept + row * kKeptMax;
  for (int32_t i = 0; i < parts.kept[0]; ++i) {
    const Vec weights = Vec::load(parts.kept_weights + i * parts.columns + column);
    result = fma(Vec::broadcast(values[i]), weights, result);
  }
  return result;
}

Vec addend_at(const ReducedOutput& output, int64_t row, const Slot& slot) {
  if (output.addend == nullptr || slot.count <= 0) return Vec::zero();
  return load_some(output.addend + row * output.addend_stride + slot.first, slot.count);
}

void store_some(Vec v, float* p, int64_t count) {
  if (count == Vec::kLanes) {
    v.store(p);
  } else {
    v.store_first(p, count);
  }
}

struct Store {
  ReducedOutput output;
  void operator()(int64_t row, const Columns& at, Vec a, Vec b) const {
    const Slot(&slots)[2] = at.slots;
    float* y = output.y + row * output.y_stride;
    if (slots[0].count > 0) store_some(a, y + slots[0].first, slots[0].count);
    if (slots[1].count > 0) store_some(b, y + slots[1].first, slots[1].count);
  }
};

struct Add {
  ReducedOutput output;
  void operator()(int64_t row, const Columns& at, Vec a, Vec b) const {
    float* y = output.y + row * output.y_stride;
    const Vec results[2] = {a, b};
    for (int i = 0; i < 2; ++i) {
      const Slot& slot = at.slots[i];
      if (slot.count <= 0) continue;
      store_some(load_some(y + slot.first, slot.count) + results[i], y + slot.first, slot.count);
    }
  }
};

template <class F>
struct Activate {
  ReducedOutput output;
  F f;
  void operator()(int64_t row, const Columns& at, Vec a, Vec b) const {
    // Columns past the outputs are zero and are stored as the padding of the operand.
    if (at.column >= output.half_stride) return;
    auto* half = static_cast<HalfElement*>(output.half) + row * output.half_stride + at.column;
    HalfProduct::store_pair(half, f(a), f(b));
  }
};

template <class F>
struct Gate {
  ReducedOutput output;
  F f;
  void operator()(int64_t row, const Columns& at, Vec a, Vec b) const {
    const Slot& slot = at.slots[0];
    if (slot.count <= 0) return;
    auto* half = static_cast<HalfElement*>(output.half) + row * output.half_stride;
    HalfProduct::store_first(half + slot.first, f(a) * b, slot.count);
  }
};

struct Heads {
  ReducedOutput output;
  int64_t rotated;  ///< packed columns that are rotated
  int64_t angles;   ///< of a token: half the columns of a head

  void operator()(int64_t row, const Columns& at, Vec a, Vec b) const {
    if (at.column >= output.half_stride) return;
    if (at.column < rotated) {
      const int64_t angle = output.positions[row] * angles + at.angle;
      const Vec c = load_some(output.cosine + angle, at.slots[0].count);
      const Vec s = load_some(output.sine + angle, at.slots[0].count);
      const Vec low = a * c - b * s;
      b = fma(a, s, b * c);
      a = low;
    }
    if (at.column < output.query_end) {
      const Vec scale = Vec::broadcast(output.query_scale);
      a = a * scale;
      b = b * scale;
    }
    HalfProduct::store_pair(
        static_cast<HalfElement*>(output.half) + row * output.half_stride + at.column, a, b);
  }
};

/// Emits `count` rows of two vectors of columns. Whatever it reads of its arguments is its own
/// copy: a store may change anything else, which would be loaded again for every row. kPlain: both
/// vectors are full and nothing but the constants of their columns is added.
template <bool kPlain, class Product, class Emit>
[[gnu::always_inline]] inline void finish_columns(const PackedParts<Product> parts, Columns at,
                                                  const float* sums, int64_t stride, int64_t first,
                                                  int64_t count, const Operand x, const Emit emit) {
  const ReducedOutput& output = emit.output;
  if constexpr (kPlain) at.slots[0].count = at.slots[1].count = Vec::kLanes;
  const ColumnTerms low(parts, at.column), high(parts, at.column + Vec::kLanes);
  for (int64_t row = first; row < first + count; ++row, sums += stride) {
    Vec a = result_of<Product>(sums, low, x, row);
    Vec b = result_of<Product>(sums + Vec::kLanes, high, x, row);
    if (!kPlain && parts.kept != nullptr) {
      a = with_kept(a, parts, x, row, at.column);
      b = with_kept(b, parts, x, row, at.column + Vec::kLanes);
    }
    if (!kPlain && output.addend != nullptr) {
      a = a + addend_at(output, row, at.slots[0]);
      b = b + addend_at(output, row, at.slots[1]);
    }
    emit(row, at, a, b);
  }
}

/// Emits rows first … first+count−1 of a block.
template <class Product, class Emit>
void finish_rows(const PackedParts<Product>& parts, const Results& results, int64_t first,
                 int64_t count, const Operand& x, const Emit& emit) {
  const bool plain = (parts.kept == nullptr || parts.kept[0] == 0) && emit.output.addend == nullptr;
  const int64_t row = results.row + first;
  for (int pair = 0; pair < Product::kVectors / 2; ++pair) {
    const Columns& at = results.columns[pair];
    const float* sums = results.sums + first * results.stride + pair * 2 * Vec::kLanes;
    if (plain && at.full()) {
      finish_columns<true>(parts, at, sums, results.stride, row, count, x, emit);
    } else {
      finish_columns<false>(parts, at, sums, results.stride, row, count, x, emit);
    }
  }
}

/// As with_function(), with forms that are as exact as a half result needs.
template <class Body>
void with_coarse_function(Activation activation, Body body) {
  if (activation == Activation::kGeluErf) return body(CoarseGelu());
  with_function(activation, body);
}

/// Calls body(emit) with what the output wants done to each pair of vectors.
template <class Body>
void with_emit(const ReducedShape& shape, const ReducedOutput& output, const Body& body) {
  switch (output.finish) {
    case Finish::kStore: return body(Store{output});
    case Finish::kAdd: return body(Add{output});
    case Finish::kActivate:
      return with_coarse_function(output.activation,
                                  [&](auto f) { body(Activate<decltype(f)>{output, f}); });
    case Finish::kGate:
      return with_coarse_function(output.activation,
                                  [&](auto f) { body(Gate<decltype(f)>{output, f}); });
    case Finish::kHeads:
      return body(Heads{output, paired_columns(shape.pairs), shape.pairs.group / 2});
  }
}

}  // namespace
}  // namespace gatun::kernels
