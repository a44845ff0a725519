// The packed form of a layer in reduced precision.
//
//   panels            [panels][steps][panel columns][kDepth] weights
//   scales, sums      [columns] fp32, int8 only: weight ≈ scale·q, sum = scale·Σq
//   bias              [columns] fp32, zero without one
//   inverse           [inputs] fp32, 1/factor, layers that are smoothed
//   kept              number and indices of the kept inputs (int32 [1 + kKeptMax], filled up to 64
//                     bytes), then their weights, fp32 [kKeptMax][columns]; layers that keep
//
// Columns stand in packed order: vectors of Vec::kLanes columns, the two of a pair side by side
// (ColumnPairs), padded by columns of zero weights.
#pragma once

#include "cpu/ops/product.h"
#include "kernels/types.h"

namespace gatun::kernels {
namespace {

/// Sizes that both products of a tier share.
struct PackedSizes {
  int64_t steps;  ///< groups of kDepth inputs, padded
  int64_t panel_columns;
  int64_t columns;  ///< in packed order, whole panels
  int64_t panel_bytes;
  int64_t terms;  ///< where the parts start, in bytes
  int64_t inverse;
  int64_t kept;
  int64_t bytes;
};

int64_t float_bytes(int64_t floats) {
  return round_up(floats * static_cast<int64_t>(sizeof(float)), 64);
}

/// Columns of the layer in one vector of packed columns: first … first+count−1.
struct Slot {
  int64_t first;
  int64_t count;
};

int64_t rotated_dim(int64_t head_dim) { return 2 * round_up(head_dim / 2, Vec::kLanes); }

/// Packed columns that belong to pairs.
int64_t paired_columns(const ColumnPairs& pairs) {
  return pairs.group == 0 ? 0 : pairs.end / pairs.group * rotated_dim(pairs.group);
}

Slot slot_at(const ReducedShape& shape, int64_t column) {
  const ColumnPairs& pairs = shape.pairs;
  const int64_t paired = paired_columns(pairs);
  if (column < paired) {
    const int64_t width = rotated_dim(pairs.group), half = pairs.group / 2;
    const int64_t vector = column % width / Vec::kLanes;
    const int64_t offset = vector / 2 * Vec::kLanes;
    return {column / width * pairs.group + vector % 2 * half + offset,
            smaller(Vec::kLanes, half - offset)};
  }
  const int64_t first = (pairs.group == 0 ? 0 : pairs.end) + column - paired;
  return {first, larger(0, smaller(Vec::kLanes, shape.outputs - first))};
}

bool in_range(const ReducedShape& shape) {
  constexpr int64_t kOutputsMax = int64_t{1} << 32;
  const ColumnPairs& pairs = shape.pairs;
  if (shape.inputs < 1 || shape.inputs > kInputsMax) return false;
  if (shape.outputs < 1 || shape.outputs > kOutputsMax) return false;
  if (shape.precision == Precision::kF32) return false;
  if (shape.precision != Precision::kInt8 && (shape.smoothed || shape.keeps)) return false;
  if (pairs.group == 0) return pairs.end == 0;
  return pairs.group > 0 && pairs.group % 2 == 0 && pairs.end > 0 && pairs.end <= shape.outputs &&
         pairs.end % pairs.group == 0;
}

template <class Product>
PackedSizes sizes_of(const ReducedShape& shape) {
  PackedSizes sizes;
  const int64_t step = product_step_inputs<Product>();
  sizes.steps = round_up(shape.inputs, step) / Product::kDepth;
  sizes.panel_columns = Product::kVectors * Vec::kLanes;
  const int64_t alone = shape.outputs - (shape.pairs.group == 0 ? 0 : shape.pairs.end);
  sizes.columns = round_up(paired_columns(shape.pairs) + alone, sizes.panel_columns);
  sizes.panel_bytes = sizes.steps * Product::kDepth * sizes.panel_columns *
                      static_cast<int64_t>(sizeof(typename Product::Weight));
  const int64_t panels = sizes.columns / sizes.panel_columns;
  const int64_t terms = shape.precision == Precision::kInt8 ? 3 : 1;
  sizes.terms = round_up(panels * sizes.panel_bytes, 64);
  sizes.inverse = sizes.terms + float_bytes(terms * sizes.columns);
  sizes.kept = sizes.inverse + (shape.smoothed ? float_bytes(shape.inputs) : 0);
  sizes.bytes = sizes.kept + (shape.keeps ? 64 + float_bytes(kKeptMax * sizes.columns) : 0);
  return sizes;
}

/// Where the parts of a packed layer lie; null where it has none.
template <class Product>
struct PackedParts {
  typename Product::Weight* panels;
  float* scales = nullptr;
  float* sums = nullptr;
  float* bias;
  float* inverse = nullptr;
  int32_t* kept = nullptr;  ///< their number, then their indices
  float* kept_weights = nullptr;
  int64_t columns;

  PackedParts(const ReducedShape& shape, const PackedSizes& sizes, void* packed)
      : columns(sizes.columns) {
    auto* bytes = static_cast<unsigned char*>(packed);
    const auto floats = [bytes](int64_t at) { return reinterpret_cast<float*>(bytes + at); };
    panels = reinterpret_cast<typename Product::Weight*>(bytes);
    bias = floats(sizes.terms);
    if (shape.precision == Precision::kInt8) {
      scales = bias;
      sums = bias + columns;
      bias += 2 * columns;
    }
    if (shape.smoothed) inverse = floats(sizes.inverse);
    if (shape.keeps) {
      kept = reinterpret_cast<int32_t*>(bytes + sizes.kept);
      kept_weights = floats(sizes.kept + 64);
    }
  }
};

/// Nearest integer, ties to even, for |x| < 2²².
float nearest_integer(float x) { return (x + 12582912.0f) - 12582912.0f; }

float largest_magnitude(const float* x, int64_t count) {
  Vec largest = Vec::zero();
  for_each_vec(count, [&](int64_t, auto load, auto) { largest = max(largest, abs(load(x))); });
  return max_of(largest);
}

/// bf16 of a finite x, nearest, ties to even.
uint16_t bf16_of(float x) {
  uint32_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

/// Row of a weight as it is rounded: times the factors, without the kept inputs. `work`: [inputs].
const float* rounded_row(const ReducedShape& shape, const ReducedSource& source, int64_t output,
                         float* work) {
  const float* row = source.weight + output * shape.inputs;
  if (source.factors == nullptr && source.kept_count == 0) return row;
  for (int64_t k = 0; k < shape.inputs; ++k) {
    work[k] = source.factors == nullptr ? row[k] : row[k] * source.factors[k];
  }
  for (int64_t i = 0; i < source.kept_count; ++i) work[source.kept[i]] = 0.0f;
  return work;
}

/// One column of weights into its panel; returns Σ of what was stored.
template <class Product>
int64_t pack_column(const float* row, int64_t inputs, float inverse, int64_t stride,
                    typename Product::Weight* to) {
  int64_t sum = 0;
  for (int64_t k = 0; k < inputs; ++k) {
    typename Product::Weight* at = to + k / Product::kDepth * stride + k % Product::kDepth;
    if constexpr (sizeof(*at) == 1) {
      const auto q = static_cast<int32_t>(nearest_integer(row[k] * inverse));
      *at = static_cast<int8_t>(q);
      sum += q;
    } else {
      *at = bf16_of(row[k]);
    }
  }
  return sum;
}

/// Columns of a layer on their way into the packed form.
template <class Product>
struct Packing {
  const ReducedShape& shape;
  const ReducedSource& source;
  const PackedSizes sizes;
  const PackedParts<Product> parts;

  Packing(const ReducedShape& s, const ReducedSource& from, void* packed)
      : shape(s), source(from), sizes(sizes_of<Product>(s)), parts(s, sizes, packed) {}

  void head() const {
    if (parts.inverse != nullptr) {
      __builtin_memset(parts.inverse, 0, static_cast<size_t>(float_bytes(shape.inputs)));
      for (int64_t k = 0; k < shape.inputs; ++k) {
        parts.inverse[k] = source.factors == nullptr ? 1.0f : 1.0f / source.factors[k];
      }
    }
    if (parts.kept != nullptr) {
      __builtin_memset(parts.kept, 0, 64);
      parts.kept[0] = static_cast<int32_t>(source.kept_count);
      for (int64_t i = 0; i < source.kept_count; ++i) parts.kept[1 + i] = source.kept[i];
    }
  }

  void panel(int64_t p, float* work) const {
    const int64_t width = sizes.panel_columns;
    auto* panel = parts.panels + p * sizes.steps * Product::kDepth * width;
    __builtin_memset(panel, 0, static_cast<size_t>(sizes.panel_bytes));
    for (int64_t c = 0; c < width; ++c) column(p * width + c, panel + c * Product::kDepth, work);
  }

 private:
  void column(int64_t column, typename Product::Weight* to, float* work) const {
    const int64_t lane = column % Vec::kLanes;
    const Slot slot = slot_at(shape, column - lane);
    const bool present = lane < slot.count;
    const int64_t output = slot.first + lane;
    float scale = 0.0f;
    int64_t sum = 0;
    if (present) {
      const float* row = rounded_row(shape, source, output, work);
      scale = parts.scales == nullptr ? 1.0f : largest_magnitude(row, shape.inputs) / 127.0f;
      sum = pack_column<Product>(row, shape.inputs, scale > 0.0f ? 1.0f / scale : 0.0f,
                                 sizes.panel_columns * Product::kDepth, to);
    }
    if (parts.scales != nullptr) {
      parts.scales[column] = scale;
      parts.sums[column] = scale * static_cast<float>(sum);
    }
    parts.bias[column] = present && source.bias != nullptr ? source.bias[output] : 0.0f;
    for (int64_t i = 0; parts.kept != nullptr && i < kKeptMax; ++i) {
      const bool kept = present && i < source.kept_count;
      parts.kept_weights[i * sizes.columns + column] =
          kept ? source.weight[output * shape.inputs + source.kept[i]] : 0.0f;
    }
  }
};

template <class Product>
void pack_panels(const ReducedShape& shape, const ReducedSource& source, int64_t panel_first,
                 int64_t panel_count, float* work, void* packed) {
  const Packing<Product> packing(shape, source, packed);
  if (panel_first == 0) packing.head();
  for (int64_t p = panel_first; p < panel_first + panel_count; ++p) packing.panel(p, work);
}

ReducedLayout reduced_layout(const ReducedShape& shape) {
  if (!in_range(shape)) return {-1, 0, 0};
  const PackedSizes sizes = shape.precision == Precision::kInt8 ? sizes_of<ByteProduct>(shape)
                                                                : sizes_of<HalfProduct>(shape);
  return {sizes.bytes, sizes.columns / sizes.panel_columns, sizes.columns};
}

void pack_reduced(const ReducedShape& shape, const ReducedSource& source, int64_t panel_first,
                  int64_t panel_count, float* work, void* packed) {
  if (shape.precision == Precision::kInt8) {
    pack_panels<ByteProduct>(shape, source, panel_first, panel_count, work, packed);
  } else {
    pack_panels<HalfProduct>(shape, source, panel_first, panel_count, work, packed);
  }
}

void column_maxima(const float* x, int64_t rows, int64_t width, float* largest) {
  for (int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * width;
    for_each_vec(width, [=](int64_t, auto load, auto store) {
      store(max(load(largest), abs(load(row))), largest);
    });
  }
}

/// The least of `count` values ≥ 0 that half of them do not exceed, by halving the range of their
/// bits: such floats are ordered like integers.
float median(const float* values, int64_t count) {
  uint32_t low = 0, high = 0x7f800000u;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    float bound;
    __builtin_memcpy(&bound, &middle, sizeof bound);
    int64_t below = 0;
    for (int64_t i = 0; i < count; ++i) below += values[i] <= bound ? 1 : 0;
    if (2 * below >= count) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  float found;
  __builtin_memcpy(&found, &low, sizeof found);
  return found;
}

int64_t outstanding_inputs(const float* weight, int64_t inputs, int64_t outputs, float* work,
                           int32_t* kept) {
  // Measured on all-MiniLM-L6-v2: 8 to 15 choose the same inputs there, and none of a random model.
  constexpr float kOutstanding = 10.0f;
  for (int64_t k = 0; k < inputs; ++k) work[k] = 0.0f;
  column_maxima(weight, outputs, inputs, work);
  const float bound = kOutstanding * median(work, inputs);
  int64_t count = 0;
  for (; count < kKeptMax; ++count) {
    int64_t best = 0;
    for (int64_t k = 1; k < inputs; ++k) {
      if (work[k] > work[best]) best = k;
    }
    if (!(work[best] > bound)) break;
    work[best] = 0.0f;
    kept[count] = static_cast<int32_t>(best);
  }
  return count;
}

}  // namespace
}  // namespace gatun::kernels
