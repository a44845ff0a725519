#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "reduced.h"

namespace gatun::kernels {
namespace {

double gelu(double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); }

class Multiply : public Reduced {
 protected:
  /// Weight as the packed layer represents it.
  static double stored(Precision precision, const float* row, int64_t inputs, int64_t k) {
    if (precision == Precision::kBf16) return bf16(row[k]);
    double largest = 0;
    for (int64_t i = 0; i < inputs; ++i) largest = std::max(largest, std::fabs(1.0 * row[i]));
    const double scale = static_cast<float>(largest) / 127.0f;
    return scale == 0 ? 0
                      : scale * std::nearbyint(row[k] *
                                               static_cast<double>(
                                                   1.0f / (static_cast<float>(largest) / 127.0f)));
  }

  struct Layer {
    ReducedShape shape;
    Floats weight, bias;
    Bytes packed;
    ReducedLayout layout;
    ReducedLinear linear;
  };

  void pack(const ReducedShape& shape, const ReducedSource& source, int64_t panel_first,
            int64_t panel_count, void* packed) {
    Floats work(shape.inputs);
    kernels().pack_reduced(shape, source, panel_first, panel_count, work.data(), packed);
    EXPECT_TRUE(work.intact());
  }

  Layer layer(const ReducedShape& shape, uint32_t seed) {
    Numbers numbers(seed);
    Layer l = {shape,
               numbers.floats(shape.inputs * shape.outputs),
               numbers.floats(shape.outputs),
               Bytes(kernels().reduced_layout(shape).bytes),
               kernels().reduced_layout(shape),
               {}};
    pack(shape, {l.weight.data(), l.bias.data()}, 0, l.layout.panels, l.packed.data());
    EXPECT_TRUE(l.packed.intact());
    l.linear = {shape, l.packed.data()};
    return l;
  }

  /// x·Wᵀ + bias of the stored numbers, in double.
  std::vector<double> product(const Layer& l, const Activations& a, int64_t rows) {
    const Precision precision = l.shape.precision;
    const int64_t inputs = l.shape.inputs, outputs = l.shape.outputs;
    std::vector<double> y;
    std::vector<double> weight(static_cast<size_t>(inputs * outputs));
    for (int64_t c = 0; c < outputs; ++c) {
      for (int64_t k = 0; k < inputs; ++k) {
        weight[static_cast<size_t>(c * inputs + k)] =
            stored(precision, l.weight.data() + c * inputs, inputs, k);
      }
    }
    for (int64_t r = 0; r < rows; ++r) {
      const std::vector<double> x = decoded(precision, a, r, inputs);
      for (int64_t c = 0; c < outputs; ++c) {
        double sum = l.bias[c];
        for (int64_t k = 0; k < inputs; ++k) {
          sum += x[static_cast<size_t>(k)] * weight[static_cast<size_t>(c * inputs + k)];
        }
        y.push_back(sum);
      }
    }
    return y;
  }

  static ReducedOutput store_to(float* y, int64_t stride) {
    ReducedOutput out = {};
    out.finish = Finish::kStore;
    out.y = y;
    out.y_stride = stride;
    return out;
  }

  /// Fills the operand with rows of random numbers.
  void fill(Precision precision, Activations& a, int64_t rows, int64_t inputs, uint32_t seed) {
    const Floats x = Numbers(seed).floats(rows * inputs, 1.0f, 0.25f);
    encode(precision, x.data(), rows, inputs, a.operand);
  }

  /// fp32 rounding of a sum of `inputs` products of numbers up to 1.25, and for weights whose
  /// quotient lies between two integers, one step of a few of them.
  static double tolerance(int64_t inputs) { return 2e-5 * static_cast<double>(inputs + 4); }

  void check_store(Precision precision, int64_t rows, int64_t inputs, int64_t outputs) {
    SCOPED_TRACE(testing::Message() << rows << "×" << inputs << "→" << outputs);
    Layer l = layer({precision, inputs, outputs, {}}, static_cast<uint32_t>(rows + outputs));
    Activations a = activations(precision, rows, inputs);
    fill(precision, a, rows, inputs, 5);
    const int64_t stride = outputs + 3;
    Floats y((rows - 1) * stride + outputs);
    for (float& v : y) v = -7.0f;
    kernels().multiply(l.linear, a.operand, rows, 0, l.layout.panels, store_to(y.data(), stride));
    EXPECT_TRUE(y.intact());
    EXPECT_TRUE(a.rows.intact());
    const std::vector<double> expected = product(l, a, rows);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < outputs; ++c) {
        ASSERT_NEAR(y[r * stride + c], expected[static_cast<size_t>(r * outputs + c)],
                    tolerance(inputs))
            << r << ", " << c;
      }
      for (int64_t c = outputs; c < stride && r + 1 < rows; ++c) {
        ASSERT_EQ(y[r * stride + c], -7.0f) << "gap after row " << r;
      }
    }
  }
};

TEST_P(Multiply, EveryRowCount) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    for (int64_t rows = 1; rows <= 50; ++rows) check_store(precision, rows, 70, 40);
  }
}

TEST_P(Multiply, EveryDepthAndWidthAroundABorder) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    for (int64_t inputs : {1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 127, 129}) {
      check_store(precision, 3, inputs, 9);
    }
    for (int64_t outputs : {1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130}) {
      check_store(precision, 5, 40, outputs);
    }
  }
}

TEST_P(Multiply, ModelShapes) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    check_store(precision, 9, 768, 96);
    check_store(precision, 40, 1152, 70);
  }
}

// 255·127·K at its largest must not overflow: rows of full scale against weights of one sign.
TEST_P(Multiply, TheLargestSumsAreExact) {
  const int64_t inputs = 3072, outputs = 3;
  Layer l = layer({Precision::kInt8, inputs, outputs, {}}, 1);
  for (float& w : l.weight) w = 1.0f;
  pack(l.shape, {l.weight.data(), nullptr}, 0, l.layout.panels, l.packed.data());
  Activations a = activations(Precision::kInt8, 1, inputs);
  Floats x(inputs);
  for (float& v : x) v = 1.0f;
  x[0] = 0.0f;
  encode(Precision::kInt8, x.data(), 1, inputs, a.operand);
  Floats y(outputs);
  kernels().multiply(l.linear, a.operand, 1, 0, l.layout.panels, store_to(y.data(), outputs));
  for (float v : y) EXPECT_NEAR(v, inputs - 1.0, 1e-2);
}

TEST_P(Multiply, PanelsMayBePackedAndMultipliedSeparately) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    const int64_t inputs = 100, outputs = 200, rows = 37;
    Layer l = layer({precision, inputs, outputs, {}}, 3);
    Bytes parts(l.layout.bytes);
    std::memcpy(parts.data(), l.packed.data(), static_cast<size_t>(l.layout.bytes));
    for (int64_t p = 0; p < l.layout.panels; ++p) {
      pack(l.shape, {l.weight.data(), l.bias.data()}, p, 1, parts.data());
    }
    EXPECT_EQ(std::memcmp(parts.data(), l.packed.data(), static_cast<size_t>(l.layout.bytes)), 0);
    Activations a = activations(precision, rows, inputs);
    fill(precision, a, rows, inputs, 4);
    Floats whole(rows * outputs), pieces(rows * outputs);
    kernels().multiply(l.linear, a.operand, rows, 0, l.layout.panels,
                       store_to(whole.data(), outputs));
    for (int64_t p = l.layout.panels - 1; p >= 0; --p) {
      kernels().multiply(l.linear, a.operand, rows, p, p == 0 ? 1 : 99,
                         store_to(pieces.data(), outputs));
    }
    for (int64_t i = 0; i < whole.size(); ++i) ASSERT_EQ(pieces[i], whole[i]) << i;
  }
}

// Operands that do not fit a cache meet all panels several times, some rows each time.
TEST_P(Multiply, SeveralSweepsOverAnyNumberOfPanels) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    const int64_t inputs = precision == Precision::kInt8 ? 16384 : 8192, outputs = 100, rows = 70;
    Layer l = layer({precision, inputs, outputs, {}}, 5);
    Activations a = activations(precision, rows, inputs);
    fill(precision, a, rows, inputs, 6);
    Floats alone(rows * outputs);
    for (int64_t r = 0; r < rows; ++r) {
      const Operand one = {a.rows.data() + r * a.stride, a.stride, a.scales.data() + r,
                           a.offsets.data() + r};
      kernels().multiply(l.linear, one, 1, 0, 99, store_to(alone.data() + r * outputs, outputs));
    }
    for (int64_t group = 1; group <= std::min<int64_t>(l.layout.panels, 4); ++group) {
      Floats y(rows * outputs);
      for (int64_t p = 0; p < l.layout.panels; p += group) {
        kernels().multiply(l.linear, a.operand, rows, p, group, store_to(y.data(), outputs));
      }
      for (int64_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], alone[i]) << group << ", " << i;
    }
  }
}

TEST_P(Multiply, ARowDoesNotDependOnTheBatch) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    const int64_t inputs = 90, outputs = 48, rows = 45;
    Layer l = layer({precision, inputs, outputs, {}}, 8);
    Activations a = activations(precision, rows, inputs);
    fill(precision, a, rows, inputs, 4);
    Floats batch(rows * outputs), alone(outputs);
    kernels().multiply(l.linear, a.operand, rows, 0, 99, store_to(batch.data(), outputs));
    for (int64_t r = 0; r < rows; ++r) {
      const Operand one = {a.rows.data() + r * a.stride, a.stride, a.scales.data() + r,
                           a.offsets.data() + r};
      kernels().multiply(l.linear, one, 1, 0, 99, store_to(alone.data(), outputs));
      for (int64_t c = 0; c < outputs; ++c) ASSERT_EQ(batch[r * outputs + c], alone[c]);
    }
  }
}

TEST_P(Multiply, AddsToTheResidualStreamAndTakesAnAddend) {
  const int64_t inputs = 40, outputs = 37, rows = 21;
  Layer l = layer({Precision::kInt8, inputs, outputs, {}}, 6);
  Activations a = activations(Precision::kInt8, rows, inputs);
  fill(Precision::kInt8, a, rows, inputs, 2);
  const Floats addend = Numbers(3).floats(rows * outputs);
  Floats y(rows * outputs);
  for (float& v : y) v = 2.0f;
  ReducedOutput out = store_to(y.data(), outputs);
  out.finish = Finish::kAdd;
  out.addend = addend.data();
  out.addend_stride = outputs;
  kernels().multiply(l.linear, a.operand, rows, 0, 99, out);
  const std::vector<double> expected = product(l, a, rows);
  for (int64_t i = 0; i < y.size(); ++i) {
    ASSERT_NEAR(y[i], 2.0 + addend[i] + expected[static_cast<size_t>(i)], tolerance(inputs));
  }
}

TEST_P(Multiply, ActivatesAndGatesIntoHalves) {
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    for (const int64_t inner : {5, 16, 40, 64}) {
      const int64_t inputs = 33, rows = 19;
      Activations a = activations(precision, rows, inputs);
      fill(precision, a, rows, inputs, 2);
      const int64_t stride =
          kernels().operand_stride(Precision::kBf16, inner) / kernels().half_bytes();
      Bytes half(rows * stride * kernels().half_bytes());
      ReducedOutput out = {};
      out.half = half.data();
      out.half_stride = stride;
      out.activation = Activation::kGeluErf;
      Layer plain = layer({precision, inputs, inner, {}}, 12);
      out.finish = Finish::kActivate;
      kernels().multiply(plain.linear, a.operand, rows, 0, 99, out);
      std::vector<double> expected = product(plain, a, rows);
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t c = 0; c < inner; ++c) {
          const double y = gelu(expected[static_cast<size_t>(r * inner + c)]);
          ASSERT_NEAR(half_at(half.data(), r * stride + c), y, 2e-3 + 0.01 * std::fabs(y));
        }
      }
      Layer gated = layer({precision, inputs, 2 * inner, {2 * inner, 2 * inner}}, 14);
      out.finish = Finish::kGate;
      kernels().multiply(gated.linear, a.operand, rows, 0, 99, out);
      EXPECT_TRUE(half.intact());
      expected = product(gated, a, rows);
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t c = 0; c < inner; ++c) {
          const double act = expected[static_cast<size_t>(r * 2 * inner + c)];
          const double y = gelu(act) * expected[static_cast<size_t>(r * 2 * inner + inner + c)];
          ASSERT_NEAR(half_at(half.data(), r * stride + c), y, 4e-3 + 0.01 * std::fabs(y));
        }
      }
    }
  }
}

// Queries, keys and values of two heads, rotated; read back through the order that keeps dot
// products: element i of a head's packed query meets element i of its packed key.
TEST_P(Multiply, RotatesHeadsSoThatScoresAreThoseOfTheFormula) {
  for (const int64_t dim : {4, 16, 32, 64, 80}) {
    const int64_t heads = 2, width = heads * dim, inputs = 24, rows = 7, half = dim / 2;
    Layer l = layer({Precision::kBf16, inputs, 3 * width, {2 * width, dim}}, 20);
    Activations a = activations(Precision::kBf16, rows, inputs);
    fill(Precision::kBf16, a, rows, inputs, 9);
    std::vector<int32_t> positions = {3, 0, 1, 2, 8, 9, 4};
    Floats cosine(10 * half), sine(10 * half);
    for (int64_t p = 0; p < 10; ++p) {
      for (int64_t j = 0; j < half; ++j) {
        const double angle = static_cast<double>(p) * std::pow(100.0, -2.0 * j / dim);
        cosine[p * half + j] = static_cast<float>(std::cos(angle));
        sine[p * half + j] = static_cast<float>(std::sin(angle));
      }
    }
    const int64_t packed_dim = kernels().rotated_dim(dim);
    const int64_t stride = (l.layout.columns + 31) / 32 * 32;
    Bytes half_rows(rows * stride * kernels().half_bytes());
    ReducedOutput out = {};
    out.finish = Finish::kHeads;
    out.half = half_rows.data();
    out.half_stride = stride;
    out.cosine = cosine.data();
    out.sine = sine.data();
    out.positions = positions.data();
    out.query_end = heads * packed_dim;
    out.query_scale = 0.5f;
    kernels().multiply(l.linear, a.operand, rows, 0, l.layout.panels, out);
    EXPECT_TRUE(half_rows.intact());
    const std::vector<double> qkv = product(l, a, rows);
    const auto rotated = [&](int64_t r, int64_t column, std::vector<double>& x) {
      x.resize(static_cast<size_t>(dim));
      for (int64_t j = 0; j < half; ++j) {
        const double low = qkv[static_cast<size_t>(r * 3 * width + column + j)];
        const double high = qkv[static_cast<size_t>(r * 3 * width + column + half + j)];
        const double c = cosine[positions[static_cast<size_t>(r)] * half + j];
        const double s = sine[positions[static_cast<size_t>(r)] * half + j];
        x[static_cast<size_t>(j)] = low * c - high * s;
        x[static_cast<size_t>(half + j)] = high * c + low * s;
      }
    };
    std::vector<double> q, k;
    for (int64_t h = 0; h < heads; ++h) {
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t other = (r + 3) % rows;
        rotated(r, h * dim, q);
        rotated(other, width + h * dim, k);
        double expected = 0, size = 1, got = 0;
        for (int64_t i = 0; i < dim; ++i) {
          expected += 0.5 * q[static_cast<size_t>(i)] * k[static_cast<size_t>(i)];
          size += std::fabs(q[static_cast<size_t>(i)] * k[static_cast<size_t>(i)]);
        }
        for (int64_t i = 0; i < packed_dim; ++i) {
          got += half_at(half_rows.data(), r * stride + h * packed_dim + i) *
                 half_at(half_rows.data(), other * stride + (heads + h) * packed_dim + i);
        }
        ASSERT_NEAR(got, expected, 0.01 * size) << "dim " << dim << " head " << h << " row " << r;
        for (int64_t i = 0; i < dim; ++i) {
          const double v = qkv[static_cast<size_t>(r * 3 * width + 2 * width + h * dim + i)];
          ASSERT_NEAR(half_at(half_rows.data(), r * stride + 2 * heads * packed_dim + h * dim + i),
                      v, 0.01 * std::fabs(v) + 1e-3);
        }
      }
    }
  }
}

// Smoothing and kept inputs change how a number is represented, not what the product is.
TEST_P(Multiply, SmoothsAndKeeps) {
  const int64_t inputs = 70, outputs = 45, rows = 35, stride = 96;
  Numbers numbers(31);
  const Floats factors = numbers.floats(inputs, 0.5f, 1.0f);
  for (const bool smoothed : {false, true}) {
    Floats weight = numbers.floats(inputs * outputs), work(inputs);
    for (int64_t c = 0; c < outputs && !smoothed; ++c) {
      weight[c * inputs + 13] *= 40;
      weight[c * inputs + 69] *= 90;
    }
    int32_t kept[kKeptMax] = {};
    ASSERT_EQ(kernels().outstanding_inputs(weight.data(), inputs, outputs, work.data(), kept),
              smoothed ? 0 : 2);
    EXPECT_EQ(kept[0], smoothed ? 0 : 69);
    EXPECT_EQ(kept[1], smoothed ? 0 : 13);
    const ReducedShape shape = {Precision::kInt8, inputs, outputs, {}, smoothed, !smoothed};
    const ReducedLayout layout = kernels().reduced_layout(shape);
    Bytes packed(layout.bytes);
    ReducedSource source = {weight.data()};
    if (smoothed) source.factors = factors.data();
    if (!smoothed) source.kept = kept, source.kept_count = 2;
    pack(shape, source, 0, layout.panels, packed.data());
    const ReducedLinear linear = {shape, packed.data()};
    Activations a = activations(Precision::kInt8, rows, inputs);
    Floats values(rows * kKeptMax), x = numbers.floats(rows * inputs);
    a.operand.kept = values.data();
    if (smoothed) {
      kernels().norm_rows(NormKind::kLayerNorm, x.data(), rows, nullptr, nullptr, 0, nullptr,
                          linear, a.operand);
    } else {
      Bytes half(rows * stride * kernels().half_bytes());
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t k = 0; k < stride; ++k) {
          set_half(half.data(), r * stride + k, k < inputs ? x[r * inputs + k] : 0);
        }
      }
      const std::vector<unsigned char> before(half.begin(), half.end());
      kernels().quantize_rows(half.data(), stride, rows, linear, a.operand);
      EXPECT_TRUE(std::equal(half.begin(), half.end(), before.begin()));
    }
    Floats y(rows * outputs);
    kernels().multiply(linear, a.operand, rows, 0, 99, store_to(y.data(), outputs));
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < outputs; ++c) {
        double expected = 0, size = 0;
        for (int64_t k = 0; k < inputs; ++k) {
          const double term = static_cast<double>(x[r * inputs + k]) * weight[c * inputs + k];
          expected += term;
          size += std::fabs(term);
        }
        // Without keeping, steps of 90/127 would be off by several units.
        ASSERT_NEAR(y[r * outputs + c], expected, smoothed ? 0.03 * size : 0.5) << r << ", " << c;
      }
    }
  }
}

TEST_P(Multiply, KeptInputsOutOfRangeAreSeen) {
  const int64_t inputs = 70, outputs = 45;
  const Floats weight = Numbers(8).floats(inputs * outputs);
  const int32_t kept[] = {69, 13};
  const ReducedShape shape = {Precision::kInt8, inputs, outputs, {}, false, true};
  const ReducedLayout layout = kernels().reduced_layout(shape);
  Bytes packed(layout.bytes);
  pack(shape, {weight.data(), nullptr, nullptr, kept, 2}, 0, layout.panels, packed.data());
  const int32_t written[16] = {2, 69, 13};
  unsigned char* block = nullptr;
  for (int64_t at = 0; at < layout.bytes; at += 64) {
    if (std::memcmp(packed.data() + at, written, 64) == 0) block = packed.data() + at;
  }
  ASSERT_NE(block, nullptr);
  const ReducedLinear linear = {shape, packed.data()};
  const auto accepts = [&](int64_t place, int32_t value) {
    std::memcpy(block + 4 * place, &value, sizeof value);
    const bool accepted = kernels().kept_in_range(linear);
    std::memcpy(block, written, sizeof written);
    return accepted;
  };
  EXPECT_TRUE(accepts(0, 2));
  EXPECT_TRUE(accepts(0, 0));
  EXPECT_TRUE(accepts(0, kKeptMax));
  EXPECT_FALSE(accepts(0, kKeptMax + 1));
  EXPECT_FALSE(accepts(0, -1));
  EXPECT_TRUE(accepts(2, 0));
  EXPECT_FALSE(accepts(2, 70));
  EXPECT_FALSE(accepts(1, -1));
  EXPECT_TRUE(accepts(3, -1)) << "not in use";
}

TEST_P(Multiply, ShapesOutOfRangeHaveNoLayout) {
  const int64_t huge = std::numeric_limits<int64_t>::max();
  const auto bytes = [&](int64_t inputs, int64_t outputs, ColumnPairs pairs = {}) {
    return kernels().reduced_layout({Precision::kInt8, inputs, outputs, pairs}).bytes;
  };
  EXPECT_GT(bytes(1, 1), 0);
  EXPECT_LE(bytes(0, 5), 0);
  EXPECT_LE(bytes(5, 0), 0);
  EXPECT_LE(bytes(kInputsMax + 1, 5), 0);
  EXPECT_LE(bytes(5, huge), 0);
  EXPECT_LE(bytes(5, 8, {8, 3}), 0);
  EXPECT_LE(bytes(5, 8, {10, 2}), 0);
  EXPECT_LE(bytes(5, 8, {6, 4}), 0);
  EXPECT_LE(bytes(5, 8, {4, 0}), 0);
  EXPECT_LE(bytes(5, 8, {-4, 4}), 0);
}

GATUN_ON_EVERY_TIER(Multiply);

}  // namespace
}  // namespace gatun::kernels
