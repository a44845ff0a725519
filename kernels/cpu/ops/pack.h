// The packed form of a layer in reduced precision.
//
//   panels            [panels][steps][panel columns][kDepth] weights
//   scales, sums      [columns] fp32, int8 only: weight ≈ scale·q, sum = scale·Σq
//   bias              [columns] fp32, zero without one
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
  int64_t bytes;
};

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
  const int64_t floats = shape.precision == Precision::kInt8 ? 3 : 1;
  const int64_t panels = sizes.columns / sizes.panel_columns;
  sizes.bytes = round_up(panels * sizes.panel_bytes, 64) +
                round_up(floats * sizes.columns * static_cast<int64_t>(sizeof(float)), 64);
  return sizes;
}

/// Where the parts of a packed layer lie.
template <class Product>
struct PackedParts {
  typename Product::Weight* panels;
  float* scales;  ///< null unless int8
  float* sums;
  float* bias;

  PackedParts(const ReducedShape& shape, const PackedSizes& sizes, void* packed) {
    auto* bytes = static_cast<unsigned char*>(packed);
    panels = reinterpret_cast<typename Product::Weight*>(bytes);
    const int64_t count = sizes.columns / sizes.panel_columns;
    auto* floats = reinterpret_cast<float*>(bytes + round_up(count * sizes.panel_bytes, 64));
    const bool int8 = shape.precision == Precision::kInt8;
    scales = int8 ? floats : nullptr;
    sums = int8 ? floats + sizes.columns : nullptr;
    bias = floats + (int8 ? 2 * sizes.columns : 0);
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

/// One column of weights into its panel; returns Σ of what was stored.
template <class Product>
void pack_column(const float* row, int64_t inputs, float inverse, int64_t stride,
                 typename Product::Weight* to, int64_t& sum) {
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
}

template <class Product>
void pack_panels(const ReducedShape& shape, const float* weight, const float* bias,
                 int64_t panel_first, int64_t panel_count, void* packed) {
  const PackedSizes sizes = sizes_of<Product>(shape);
  const PackedParts<Product> parts(shape, sizes, packed);
  const int64_t width = sizes.panel_columns;
  for (int64_t p = panel_first; p < panel_first + panel_count; ++p) {
    auto* panel = parts.panels + p * sizes.steps * Product::kDepth * width;
    __builtin_memset(panel, 0, static_cast<size_t>(sizes.panel_bytes));
    for (int64_t c = 0; c < width; ++c) {
      const int64_t column = p * width + c, lane = c % Vec::kLanes;
      const Slot slot = slot_at(shape, column - lane);
      const bool present = lane < slot.count;
      float scale = 1.0f;
      int64_t sum = 0;
      if (present) {
        const float* row = weight + (slot.first + lane) * shape.inputs;
        if (parts.scales != nullptr) scale = largest_magnitude(row, shape.inputs) / 127.0f;
        pack_column<Product>(row, shape.inputs, scale > 0.0f ? 1.0f / scale : 0.0f,
                             width * Product::kDepth, panel + c * Product::kDepth, sum);
      }
      if (parts.scales != nullptr) {
        parts.scales[column] = present ? scale : 0.0f;
        parts.sums[column] = present ? scale * static_cast<float>(sum) : 0.0f;
      }
      parts.bias[column] = present && bias != nullptr ? bias[slot.first + lane] : 0.0f;
    }
  }
}

ReducedLayout reduced_layout(const ReducedShape& shape) {
  if (!in_range(shape)) return {-1, 0, 0};
  const PackedSizes sizes = shape.precision == Precision::kInt8 ? sizes_of<ByteProduct>(shape)
                                                                : sizes_of<HalfProduct>(shape);
  return {sizes.bytes, sizes.columns / sizes.panel_columns, sizes.columns};
}

void pack_reduced(const ReducedShape& shape, const float* weight, const float* bias,
                  int64_t panel_first, int64_t panel_count, void* packed) {
  if (shape.precision == Precision::kInt8) {
    pack_panels<ByteProduct>(shape, weight, bias, panel_first, panel_count, packed);
  } else {
    pack_panels<HalfProduct>(shape, weight, bias, panel_first, panel_count, packed);
  }
}

}  // namespace
}  // namespace gatun::kernels
