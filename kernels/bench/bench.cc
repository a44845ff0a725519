// Speed of the kernels of every tier of this machine, one thread. Prints GFLOP/s, and the share of
// the fp32 FMA peak measured in the same run, so the numbers of two machines can be compared.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "kernels/kernel_table.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gatun::kernels {
namespace {

/// Best of several runs in seconds: what disturbs a run only makes it slower.
double seconds(const std::function<void()>& body) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  const auto end = Clock::now() + std::chrono::milliseconds(400);
  do {
    const auto start = Clock::now();
    body();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
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

#if defined(__x86_64__)
constexpr int64_t kPeakSteps = 200000;

/// Sixteen independent sums, no memory: what the FMA ports can do.
[[gnu::target("avx512f"), gnu::noinline]] void spin_avx512() {
  __m512 sums[16];
  for (__m512& sum : sums) sum = _mm512_setzero_ps();
  __m512 x = _mm512_set1_ps(0.5f);
  for (int64_t i = 0; i < kPeakSteps; ++i) {
#pragma GCC unroll 16
    for (__m512& sum : sums) sum = _mm512_fmadd_ps(sum, x, x);
    asm volatile("" : "+v"(x));
  }
  for (__m512& sum : sums) asm volatile("" : : "v"(sum));
}

[[gnu::target("avx2,fma"), gnu::noinline]] void spin_avx2() {
  __m256 sums[12];
  for (__m256& sum : sums) sum = _mm256_setzero_ps();
  __m256 x = _mm256_set1_ps(0.5f);
  for (int64_t i = 0; i < kPeakSteps; ++i) {
#pragma GCC unroll 12
    for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, x, x);
    asm volatile("" : "+x"(x));
  }
  for (__m256& sum : sums) asm volatile("" : : "x"(sum));
}
#endif

/// fp32 GFLOP/s of one core with the vectors of `tier`, 0 when unknown.
double peak(Tier tier) {
#if defined(__x86_64__)
  if (tier == Tier::kAvx512) return kPeakSteps * 16.0 * 32 / seconds(spin_avx512) * 1e-9;
  if (tier == Tier::kAvx2) return kPeakSteps * 12.0 * 16 / seconds(spin_avx2) * 1e-9;
#endif
  static_cast<void>(tier);
  return 0;
}

void report(const std::string& what, double gflops, double best) {
  std::printf("  %-40s %8.1f GFLOP/s", what.c_str(), gflops);
  if (best > 0) std::printf("  %5.1f %%", 100 * gflops / best);
  std::printf("\n");
}

void bench_linear(const KernelTable& kernels, double best) {
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
    const double time = seconds([&] {
      kernels.linear(linear, x.get(), s.rows, s.inputs, 0, (s.outputs + columns - 1) / columns,
                     Epilogue::kStore, y.get(), s.outputs);
    });
    const std::string name = "linear " + std::to_string(s.rows) + " x " + std::to_string(s.inputs) +
                             " -> " + std::to_string(s.outputs);
    report(name, 2.0 * s.rows * s.inputs * s.outputs / time * 1e-9, best);
  }
}

void bench_attention(const KernelTable& kernels, double best) {
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
    tile.tokens = s.tokens, tile.head_dim = s.head_dim, tile.window = s.window;
    tile.scale = 0.125f;
    const double time = seconds([&] {
      for (tile.query_first = 0; tile.query_first < s.tokens; tile.query_first += kQueryBlock) {
        tile.query_count = std::min(kQueryBlock, s.tokens - tile.query_first);
        kernels.attend(tile);
      }
    });
    const double keys = s.window < 0 ? s.tokens : std::min(s.tokens, 2 * s.window + 1);
    const std::string name = "attend " + std::to_string(s.tokens) + " tokens, head " +
                             std::to_string(s.head_dim) + ", window " + std::to_string(s.window);
    report(name, 4.0 * s.tokens * keys * s.head_dim / time * 1e-9, best);
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

int run() {
  for (Tier tier : kTiers) {
    const KernelTable* kernels = table_of(tier);
    if (kernels == nullptr) continue;
    const double best = peak(tier);
    std::printf("%s", kernels->name);
    if (best > 0) std::printf(": peak of one core %.1f GFLOP/s", best);
    std::printf("\n");
    bench_linear(*kernels, best);
    bench_attention(*kernels, best);
    bench_rows(*kernels);
  }
  return 0;
}

}  // namespace
}  // namespace gatun::kernels

int main() { return gatun::kernels::run(); }
