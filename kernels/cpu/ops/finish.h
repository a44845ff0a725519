// What happens to the results of a reduced product while they are still in the first-level cache.
#pragma once

#include "cpu/ops/activation.h"
#include "cpu/ops/operand.h"
#include "cpu/ops/pack.h"

namespace gatun::kernels {
namespace {

/// Results of one block of rows and one panel, as Product::result() reads them; row r at
/// sums + r·stride.
struct Results {
  const float* sums;
  int64_t stride;
  int64_t row;  ///< first row, in the operand and in the output
  int64_t rows;
  int64_t column;  ///< first packed column
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
  const ReducedOutput& output;
  void operator()(int64_t row, int64_t, const Slot (&slots)[2], Vec a, Vec b) const {
    float* y = output.y + row * output.y_stride;
    if (slots[0].count > 0) store_some(a, y + slots[0].first, slots[0].count);
    if (slots[1].count > 0) store_some(b, y + slots[1].first, slots[1].count);
  }
};

struct Add {
  const ReducedOutput& output;
  void operator()(int64_t row, int64_t, const Slot (&slots)[2], Vec a, Vec b) const {
    float* y = output.y + row * output.y_stride;
    const Vec results[2] = {a, b};
    for (int i = 0; i < 2; ++i) {
      if (slots[i].count <= 0) continue;
      float* at = y + slots[i].first;
      store_some(load_some(at, slots[i].count) + results[i], at, slots[i].count);
    }
  }
};

template <class F>
struct Activate {
  const ReducedOutput& output;
  F f;
  void operator()(int64_t row, int64_t column, const Slot (&)[2], Vec a, Vec b) const {
    // Columns past the outputs are zero and are stored as the padding of the operand.
    if (column >= output.half_stride) return;
    auto* half = static_cast<HalfElement*>(output.half) + row * output.half_stride + column;
    HalfProduct::store_pair(half, f(a), f(b));
  }
};

template <class F>
struct Gate {
  const ReducedOutput& output;
  F f;
  void operator()(int64_t row, int64_t, const Slot (&slots)[2], Vec a, Vec b) const {
    if (slots[0].count <= 0) return;
    auto* half = static_cast<HalfElement*>(output.half) + row * output.half_stride;
    HalfProduct::store_first(half + slots[0].first, f(a) * b, slots[0].count);
  }
};

struct Heads {
  const ReducedOutput& output;
  int64_t rotated;  ///< packed columns that are rotated
  int64_t group;    ///< columns of a head, 0: nothing is rotated
  int64_t width;    ///< packed columns of a head

  void operator()(int64_t row, int64_t column, const Slot (&slots)[2], Vec a, Vec b) const {
    if (column >= output.half_stride) return;
    if (column < rotated) {
      const int64_t half = group / 2, offset = column % width / 2;
      const int64_t at = output.positions[row] * half + offset;
      const Vec c = load_some(output.cosine + at, slots[0].count);
      const Vec s = load_some(output.sine + at, slots[0].count);
      const Vec low = a * c - b * s;
      b = fma(a, s, b * c);
      a = low;
    }
    if (column < output.query_end) {
      const Vec scale = Vec::broadcast(output.query_scale);
      a = a * scale;
      b = b * scale;
    }
    HalfProduct::store_pair(
        static_cast<HalfElement*>(output.half) + row * output.half_stride + column, a, b);
  }
};

template <class Product, class Emit>
void finish_with(const ReducedShape& shape, const PackedParts<Product>& parts,
                 const Results& results, const Operand& x, const ReducedOutput& output,
                 const Emit& emit) {
  for (int64_t c = 0; c < Product::kVectors * Vec::kLanes; c += 2 * Vec::kLanes) {
    const int64_t column = results.column + c;
    const ColumnTerms first(parts, column), second(parts, column + Vec::kLanes);
    const Slot slots[2] = {slot_at(shape, column), slot_at(shape, column + Vec::kLanes)};
    for (int64_t r = 0; r < results.rows; ++r) {
      const int64_t row = results.row + r;
      const float* sums = results.sums + r * results.stride + c;
      Vec a = result_of<Product>(sums, first, x, row);
      Vec b = result_of<Product>(sums + Vec::kLanes, second, x, row);
      if (parts.kept != nullptr) {
        a = with_kept(a, parts, x, row, column);
        b = with_kept(b, parts, x, row, column + Vec::kLanes);
      }
      if (output.addend != nullptr) {
        a = a + addend_at(output, row, slots[0]);
        b = b + addend_at(output, row, slots[1]);
      }
      emit(row, column, slots, a, b);
    }
  }
}

/// As with_function(), with forms that are as exact as a half result needs.
template <class Body>
void with_coarse_function(Activation activation, Body body) {
  if (activation == Activation::kGeluErf) return body(CoarseGelu());
  with_function(activation, body);
}

template <class Product>
void finish(const ReducedShape& shape, const PackedParts<Product>& parts, const Results& results,
            const Operand& x, const ReducedOutput& output) {
  const auto with = [&](const auto& emit) {
    finish_with<Product>(shape, parts, results, x, output, emit);
  };
  switch (output.finish) {
    case Finish::kStore: return with(Store{output});
    case Finish::kAdd: return with(Add{output});
    case Finish::kActivate:
      return with_coarse_function(output.activation,
                                  [&](auto f) { with(Activate<decltype(f)>{output, f}); });
    case Finish::kGate:
      return with_coarse_function(output.activation,
                                  [&](auto f) { with(Gate<decltype(f)>{output, f}); });
    case Finish::kHeads:
      return with(Heads{output, paired_columns(shape.pairs), shape.pairs.group,
                        shape.pairs.group == 0 ? 0 : rotated_dim(shape.pairs.group)});
  }
}

}  // namespace
}  // namespace gatun::kernels
