#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fenced.h"

namespace gatun::kernels {
namespace {

struct Shape {
  int64_t rows, inputs, outputs;
};

class Linear : public EveryTier {
 protected:
  /// Packs, multiplies into a padded y, and compares with double arithmetic. The bound is the one
  /// of a recursive sum of inputs + 2 terms in any order (Higham, "Accuracy and Stability", 3.1).
  void check(Shape shape, bool with_bias, Epilogue epilogue) {
    SCOPED_TRACE(testing::Message() << shape.rows << "×" << shape.inputs << "→" << shape.outputs);
    const auto [rows, inputs, outputs] = shape;
    Numbers numbers(static_cast<uint32_t>(rows * 131 + inputs * 17 + outputs));
    const int64_t x_stride = inputs + 3, y_stride = outputs + 5;
    const Floats weight = numbers.floats(inputs * outputs);
    const Floats bias = numbers.floats(outputs);
    const Floats x = numbers.floats((rows - 1) * x_stride + inputs);
    Floats y = numbers.floats((rows - 1) * y_stride + outputs);
    Floats before(y.size());
    std::copy(y.begin(), y.end(), before.begin());

    Floats panels(kernels().packed_floats(inputs, outputs));
    kernels().pack_linear(weight.data(), inputs, outputs, panels.data());
    EXPECT_TRUE(panels.intact());
    const PackedLinear packed = {panels.data(), with_bias ? bias.data() : nullptr, inputs, outputs};
    const int64_t columns = kernels().panel_columns();
    kernels().linear(packed, x.data(), rows, x_stride, 0, (outputs + columns - 1) / columns,
                     epilogue, y.data(), y_stride);

    EXPECT_TRUE(y.intact());
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < outputs; ++c) {
        double sum = with_bias ? bias[c] : 0.0, size = std::fabs(sum);
        for (int64_t k = 0; k < inputs; ++k) {
          const double term = static_cast<double>(x[r * x_stride + k]) * weight[c * inputs + k];
          sum += term;
          size += std::fabs(term);
        }
        const double old = before[r * y_stride + c];
        if (epilogue == Epilogue::kAccumulate) sum += old, size += std::fabs(old);
        ASSERT_NEAR(y[r * y_stride + c], sum, gamma_bound(inputs + 2.0) * size + 1e-30)
            << "row " << r << " column " << c;
      }
      for (int64_t gap = outputs; gap < y_stride && r + 1 < rows; ++gap) {
        ASSERT_EQ(y[r * y_stride + gap], before[r * y_stride + gap]) << "gap after row " << r;
      }
    }
  }
};

// One row and every height up to two tiles, so each tile height and each remainder occurs.
TEST_P(Linear, EveryRowCount) {
  for (int64_t rows = 1; rows <= 17; ++rows) {
    check({rows, 33, kernels().panel_columns()}, true, Epilogue::kStore);
  }
}

// Widths on both sides of a vector and of a panel, so each kind of last panel occurs.
TEST_P(Linear, PanelBorders) {
  const int64_t columns = kernels().panel_columns();
  for (int64_t outputs :
       {int64_t{1}, int64_t{2}, int64_t{7}, int64_t{8}, int64_t{15}, int64_t{16}, int64_t{17},
        columns - 1, columns, columns + 1, 2 * columns - 1, 3 * columns + 2}) {
    check({5, 19, outputs}, true, Epilogue::kStore);
    check({9, 19, outputs}, false, Epilogue::kAccumulate);
  }
}

// Depths on both sides of the vector of each tier, because packing transposes square blocks.
TEST_P(Linear, EveryDepthAroundAVector) {
  for (int64_t inputs : {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33}) {
    check({3, inputs, 21}, true, Epilogue::kAccumulate);
    check({3, inputs, 21}, false, Epilogue::kStore);
  }
}

// The shapes of MiniLM-L6: 384 hidden, 1536 inner, a few tokens.
TEST_P(Linear, ModelShapes) {
  check({10, 384, 1536}, true, Epilogue::kStore);
  check({10, 1536, 384}, true, Epilogue::kAccumulate);
}

// Threads split a layer at panel borders: the parts must equal the whole bit for bit.
TEST_P(Linear, PanelsMayBeComputedSeparately) {
  const int64_t columns = kernels().panel_columns(), outputs = 2 * columns + 3, rows = 11;
  Numbers numbers(7);
  const Floats weight = numbers.floats(40 * outputs), x = numbers.floats(rows * 40);
  Floats panels(kernels().packed_floats(40, outputs));
  kernels().pack_linear(weight.data(), 40, outputs, panels.data());
  const PackedLinear packed = {panels.data(), nullptr, 40, outputs};
  Floats whole(rows * outputs), parts(rows * outputs);
  kernels().linear(packed, x.data(), rows, 40, 0, 3, Epilogue::kStore, whole.data(), outputs);
  for (float& v : parts) v = -77.0f;
  kernels().linear(packed, x.data(), rows, 40, 1, 1, Epilogue::kStore, parts.data(), outputs);
  for (int64_t r = 0; r < rows; ++r) {
    EXPECT_EQ(parts[r * outputs + columns - 1], -77.0f) << "left of the part";
    EXPECT_EQ(parts[r * outputs + 2 * columns], -77.0f) << "right of the part";
  }
  kernels().linear(packed, x.data(), rows, 40, 0, 1, Epilogue::kStore, parts.data(), outputs);
  // A count past the last panel is clipped.
  kernels().linear(packed, x.data(), rows, 40, 2, 99, Epilogue::kStore, parts.data(), outputs);
  for (int64_t i = 0; i < whole.size(); ++i) ASSERT_EQ(parts[i], whole[i]) << i;
}

// Rows must not influence each other, or a request's answer would depend on its neighbours.
TEST_P(Linear, ARowDoesNotDependOnTheBatch) {
  const int64_t inputs = 70, outputs = 50, rows = 23;
  Numbers numbers(9);
  const Floats weight = numbers.floats(inputs * outputs), x = numbers.floats(rows * inputs);
  Floats panels(kernels().packed_floats(inputs, outputs));
  kernels().pack_linear(weight.data(), inputs, outputs, panels.data());
  const PackedLinear packed = {panels.data(), nullptr, inputs, outputs};
  Floats batch(rows * outputs), alone(outputs);
  kernels().linear(packed, x.data(), rows, inputs, 0, 99, Epilogue::kStore, batch.data(), outputs);
  for (int64_t r = 0; r < rows; ++r) {
    kernels().linear(packed, x.data() + r * inputs, 1, inputs, 0, 99, Epilogue::kStore,
                     alone.data(), outputs);
    for (int64_t c = 0; c < outputs; ++c) ASSERT_EQ(batch[r * outputs + c], alone[c]);
  }
}

TEST_P(Linear, PackedSizeIsWholePanelsOrRefused) {
  const int64_t columns = kernels().panel_columns();
  EXPECT_GT(columns, 0);
  EXPECT_EQ(kernels().packed_floats(10, 1), 10 * columns);
  EXPECT_EQ(kernels().packed_floats(10, columns), 10 * columns);
  EXPECT_EQ(kernels().packed_floats(10, columns + 1), 20 * columns);
  const int64_t huge = std::numeric_limits<int64_t>::max();
  EXPECT_LE(kernels().packed_floats(huge, 2), 0);
  EXPECT_LE(kernels().packed_floats(2, huge), 0);
  EXPECT_LE(kernels().packed_floats(int64_t{1} << 31, int64_t{1} << 31), 0);
  EXPECT_LE(kernels().packed_floats(-1, 5), 0);
  EXPECT_LE(kernels().packed_floats(5, -1), 0);
}

GATUN_ON_EVERY_TIER(Linear);

}  // namespace
}  // namespace gatun::kernels
