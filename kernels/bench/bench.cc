// Speed of the kernels of every tier of this machine, one thread. Prints GFLOP/s, and the share of
// the fp32 FMA peak measured in the same run, so the numbers of two machines can be compared.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/kernel_table.h"

namespace gatun::kernels {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_once(const std::function<void()>& body) {
  const auto start = Clock::now();
  body();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Best of several runs in seconds: what disturbs a run only makes it slower.
double seconds(const std::function<void()>& body) {
  double best = 1e9;
  const auto end = Clock::now() + std::chrono::milliseconds(400);
  do {
    best = std::min(best, seconds_once(body));
  } while (Clock::now() < end);
  return best;
}

struct Free {
  void operator()(float* p) const { std::free(p); }
};
using Floats = std::unique_ptr<float[], Free>;

Floats floats(int64_t count) {
  const int64_t bytes = (count * static_cast<int64_t>(sizeof(float)) + 4095) / 4096 * 4096;
  Floats p(static_cast<float*>(std::aligned_alloc(4096, static_cast<size_t>(bytes))));
  for (int64_t i = 0; i < count; ++i) p[i] = static_cast<float>(i % 251) / 251.0f - 0.5f;
  return p;
}

/// What the multipliers of a tier do in one precision when nothing is loaded or stored.
struct Peak {
  const KernelTable& kernels;
  Precision precision;

  /// GFLOP/s (GOP/s for int8) of one core, over about a millisecond.
  double now() const {
    constexpr int64_t kSteps = 100000;
    double operations = 0;
    const double time = seconds_once([&] { operations = kernels.peak(precision, kSteps); });
    return operations / time * 1e-9;
  }
};

struct Speed {
  double gflops;
  double share;  ///< of the peak
};

/// Medians over turns of body and peak: the clock of a core follows its load and its neighbours, so
/// only neighbouring milliseconds compare.
Speed speed(const Peak& peak, double operations, const std::function<void()>& body) {
  constexpr int kTurns = 201;
  constexpr double kTurnSeconds = 1e-3;
  body();
  const int repeats = 1 + static_cast<int>(kTurnSeconds / seconds_once(body));
  std::vector<double> rates, shares;
  double before = peak.now();
  for (int turn = 0; turn < kTurns; ++turn) {
    const double time = seconds_once([&] {
      for (int i = 0; i < repeats; ++i) body();
    });
    const double after = peak.now();
    rates.push_back(operations * repeats / time * 1e-9);
    shares.push_back(2 * rates.back() / (before + after));
    before = after;
  }
  const auto median = [](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  return {median(rates), median(shares)};
}

void report(const std::string& what, const Speed& speed) {
  std::printf("  %-40s %8.1f GFLOP/s  %5.1f %%\n", what.c_str(), speed.gflops, 100 * speed.share);
}

void bench_linear(const KernelTable& kernels) {
  struct Shape {
    int64_t rows, inputs, outputs;
  };
  constexpr Shape kShapes[] = {
      {1, 768, 768},    {4, 768, 768},    {16, 768, 768},    {64, 768, 768},   {128, 768, 768},
      {128, 768, 2304}, {128, 1152, 768}, {128, 1024, 1024}, {128, 3072, 768}, {128, 384, 1536},
      {128, 1536, 384}, {512, 768, 768},  {8192, 768, 768}};
  for (const Shape& s : kShapes) {
    const int64_t columns = kernels.panel_columns();
    const Floats weight = floats(s.inputs * s.outputs), x = floats(s.rows * s.inputs);
    const Floats y = floats(s.rows * s.outputs);
    const Floats panels = floats(kernels.packed_floats(s.inputs, s.outputs));
    kernels.pack_linear(weight.get(), s.inputs, s.outputs, panels.get());
    const PackedLinear linear = {panels.get(), nullptr, s.inputs, s.outputs};
    const std::string name = "linear " + std::to_string(s.rows) + " x " + std::to_string(s.inputs) +
                             " -> " + std::to_string(s.outputs);
    const double operations = 2.0 * s.rows * s.inputs * s.outputs;
    report(name, speed({kernels, Precision::kF32}, operations, [&] {
             kernels.linear(linear, x.get(), s.rows, s.inputs, 0,
                            (s.outputs + columns - 1) / columns, Epilogue::kStore, y.get(),
                            s.outputs);
           }));
  }
}

void bench_attention(const KernelTable& kernels) {
  struct Shape {
    int64_t tokens, head_dim, window;
  };
  constexpr Shape kShapes[] = {{128, 32, -1},  {128, 64, -1}, {512, 64, -1},
                               {2048, 64, -1}, {512, 64, 64}, {2048, 64, 64}};
  for (const Shape& s : kShapes) {
    const int64_t stride = 3 * 12 * s.head_dim;
    const Floats qkv = floats(s.tokens * stride), out = floats(s.tokens * 12 * s.head_dim);
    const Floats scratch = floats(kAttentionScratchFloats);
    AttentionTile tile = {};
    tile.q = qkv.get(), tile.k = qkv.get() + stride / 3, tile.v = qkv.get() + stride / 3 * 2;
    tile.out = out.get(), tile.scratch = scratch.get();
    tile.q_stride = tile.k_stride = tile.v_stride = stride;
    tile.out_stride = 12 * s.head_dim;
    tile.tokens = s.tokens, tile.head_dim = s.head_dim, tile.window = {s.window, s.window};
    tile.scale = 0.125f;
    const double keys = s.window < 0 ? s.tokens : std::min(s.tokens, 2 * s.window + 1);
    const std::string name = "attend " + std::to_string(s.tokens) + " tokens, head " +
                             std::to_string(s.head_dim) + ", window " + std::to_string(s.window);
    const double operations = 4.0 * s.tokens * keys * s.head_dim;
    report(name, speed({kernels, Precision::kF32}, operations, [&] {
             for (tile.query_first = 0; tile.query_first < s.tokens;
                  tile.query_first += kQueryBlock) {
               tile.query_count = std::min(kQueryBlock, s.tokens - tile.query_first);
               kernels.attend(tile);
             }
           }));
  }
}

void bench_rows(const KernelTable& kernels) {
  constexpr int64_t kRows = 128, kWidth = 768, kCount = kRows * kWidth;
  const Floats x = floats(kCount), y = floats(kCount), gamma = floats(kWidth);
  const Floats panels = floats(kernels.packed_floats(kWidth, kRows));
  const auto line = [](const char* what, double time) {
    std::printf("  %-40s %8.2f ns per float\n", what, time / kCount * 1e9);
  };
  line("layer_norm 128 x 768", seconds([&] {
         kernels.layer_norm(x.get(), kRows, kWidth, gamma.get(), nullptr, 1e-5f, y.get());
       }));
  line("activate gelu erf",
       seconds([&] { kernels.activate(Activation::kGeluErf, x.get(), kCount); }));
  line("pack_linear 768 -> 128",
       seconds([&] { kernels.pack_linear(x.get(), kWidth, kRows, panels.get()); }));
}

/// One layer of reduced precision with everything it needs.
struct ReducedBench {
  const KernelTable& kernels;
  ReducedShape shape;
  int64_t rows;
  Floats x = floats(rows * shape.inputs);
  Floats weight = floats(shape.inputs * shape.outputs);
  ReducedLayout layout = kernels.reduced_layout(shape);
  Floats packed = floats(layout.bytes / 4 + 16);
  int64_t stride = kernels.operand_stride(shape.precision, shape.inputs);
  Floats operand_rows = floats(rows * stride / 4 + 16);
  Floats scales = floats(rows), offsets = floats(rows);
  Floats y = floats(rows * (layout.columns + 64));
  Operand operand = {operand_rows.get(), stride, scales.get(), offsets.get()};

  double operations() const { return 2.0 * rows * shape.inputs * shape.outputs; }

  Speed speed_of(const ReducedOutput& output) {
    Floats work = floats(shape.inputs);
    const ReducedLinear linear = {shape, packed.get()};
    kernels.pack_reduced(shape, {weight.get()}, 0, layout.panels, work.get(), packed.get());
    kernels.norm_rows(NormKind::kLayerNorm, x.get(), rows, nullptr, nullptr, 0, nullptr, linear,
                      operand);
    return speed({kernels, shape.precision}, operations(),
                 [&] { kernels.multiply(linear, operand, rows, 0, layout.panels, output); });
  }
};

void bench_reduced(const KernelTable& kernels, Precision precision) {
  const char* word = precision == Precision::kInt8 ? "int8" : "bf16";
  std::printf("  %s: peak of one core %.1f GOP/s\n", word, Peak{kernels, precision}.now());
  for (const int64_t rows : {16, 32, 128, 512}) {
    double operations = 0, seconds_taken = 0, seconds_at_peak = 0;
    const auto line = [&](const char* what, ReducedShape shape, ReducedOutput output) {
      ReducedBench bench{kernels, shape, rows};
      output.half = output.y = bench.y.get();
      output.y_stride = shape.outputs;
      output.half_stride = (bench.layout.columns + 31) / 32 * 32;
      Floats angles = floats(64 * 64);
      std::unique_ptr<int32_t[]> positions(new int32_t[static_cast<size_t>(rows)]());
      output.cosine = output.sine = angles.get();
      output.positions = positions.get();
      output.query_end = 768;
      output.query_scale = 1.0f;
      const Speed speed = bench.speed_of(output);
      operations += bench.operations();
      seconds_taken += bench.operations() / speed.gflops * 1e-9;
      seconds_at_peak += bench.operations() / speed.gflops * speed.share * 1e-9;
      report(std::string(word) + " " + what + " " + std::to_string(rows) + " rows", speed);
    };
    ReducedOutput out = {};
    out.finish = Finish::kHeads;
    line("768 -> 2304 heads", {precision, 768, 2304, {1536, 64}}, out);
    out.finish = Finish::kAdd;
    line("768 -> 768 add", {precision, 768, 768, {}}, out);
    out.finish = Finish::kGate;
    out.activation = Activation::kGeluErf;
    line("768 -> 2304 gate", {precision, 768, 2304, {2304, 2304}}, out);
    out.finish = Finish::kAdd;
    line("1152 -> 768 add", {precision, 1152, 768, {}}, out);
    report(std::string(word) + " one layer, " + std::to_string(rows) + " rows",
           {operations / seconds_taken * 1e-9, seconds_at_peak / seconds_taken});
  }
}

void bench_half_attention(const KernelTable& kernels) {
  for (const int64_t window : {int64_t{-1}, int64_t{64}}) {
    for (const int64_t tokens : {32, 128, 512, 2048}) {
      const int64_t stride = 3 * 768, bytes = kernels.half_bytes();
      const Floats qkv = floats(tokens * stride), out = floats(tokens * 768);
      const Floats scratch = floats(kernels.half_attention_scratch() / 4 + 16);
      auto* base = reinterpret_cast<char*>(qkv.get());
      for (int64_t i = 0; bytes == 2 && i < tokens * stride; ++i) {
        reinterpret_cast<uint16_t*>(base)[i] = static_cast<uint16_t>(0x3e00 + i % 251 % 64 * 4);
      }
      const auto attend = [&] {
        for (int64_t first = 0; first < tokens; first += kQueryChunk) {
          kernels.attend_half({base,
                               base + 768 * bytes,
                               base + 1536 * bytes,
                               out.get(),
                               stride,
                               768,
                               tokens,
                               first,
                               std::min(kQueryChunk, tokens - first),
                               64,
                               64,
                               {window, window},
                               scratch.get()});
        }
      };
      const double keys = window < 0 ? tokens : std::min(tokens, 2 * window + 1);
      report("attend_half " + std::to_string(tokens) + " tokens, window " + std::to_string(window),
             speed({kernels, Precision::kBf16}, 4.0 * tokens * keys * 64, attend));
    }
  }
}

void bench_operands(const KernelTable& kernels) {
  constexpr int64_t kRows = 128;
  const Floats x = floats(kRows * 1152), gamma = floats(1152), scales = floats(kRows);
  const Floats bytes = floats(kRows * 1152), offsets = floats(kRows);
  const Operand operand = {bytes.get(), kernels.operand_stride(Precision::kInt8, 1152),
                           scales.get(), offsets.get()};
  const auto line = [](const char* what, double count, double time) {
    std::printf("  %-40s %8.3f ns per element\n", what, time / count * 1e9);
  };
  for (const Precision precision : {Precision::kBf16, Precision::kInt8}) {
    line(precision == Precision::kInt8 ? "norm_rows int8" : "norm_rows bf16", kRows * 768,
         seconds([&] {
           kernels.norm_rows(NormKind::kLayerNorm, x.get(), kRows, gamma.get(), nullptr, 1e-5f,
                             nullptr, {{precision, 768, 1}, nullptr}, operand);
         }));
  }
  line("quantize_rows", kRows * 1152, seconds([&] {
         kernels.quantize_rows(x.get(), 1152, kRows, {{Precision::kInt8, 1152, 1}, nullptr},
                               operand);
       }));
}

/// Names of tiers as arguments; without any, every tier.
int run(int argc, char** argv) {
  for (const Tier tier : kTiers) {
    const KernelTable* kernels = table_of(tier);
    if (kernels == nullptr) continue;
    const auto named = [&](const char* word) { return std::string(word) == kernels->name; };
    if (argc > 1 && std::none_of(argv + 1, argv + argc, named)) continue;
    std::printf("%s: peak of one core %.1f GFLOP/s in fp32\n", kernels->name,
                Peak{*kernels, Precision::kF32}.now());
    bench_reduced(*kernels, Precision::kInt8);
    bench_reduced(*kernels, Precision::kBf16);
    bench_half_attention(*kernels);
    bench_operands(*kernels);
    bench_linear(*kernels);
    bench_attention(*kernels);
    bench_rows(*kernels);
  }
  return 0;
}

}  // namespace
}  // namespace gatun::kernels

int main(int argc, char** argv) { return gatun::kernels::run(argc, argv); }
