// Splits each step of a forward pass over the threads of a lane.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include "backend/backend.h"
#include "kernels/kernel_table.h"
#include "runtime/aligned.h"
#include "runtime/thread_pool.h"

namespace gatun::backend::cpu {

/// The kernels' words for the backend's.
kernels::Activation kernel_word(Activation activation);
kernels::Epilogue kernel_word(Epilogue epilogue);
kernels::Storage kernel_word(Storage storage);
kernels::NormKind kernel_word(NormKind kind);
kernels::Window kernel_word(Window window);

/// A view of packed bytes; see cpu_packing.h for their layout.
class CpuLinear : public Linear {
 public:
  CpuLinear(const LinearShape& shape, const kernels::PackedLinear& packed)
      : Linear(shape), packed_(packed) {}

  CpuLinear(const LinearShape& shape, const kernels::ReducedLinear& reduced)
      : Linear(shape), reduced_(reduced) {}

  /// Of a layer in fp32.
  const kernels::PackedLinear& packed() const { return packed_; }
  /// Of a layer in bf16 or int8.
  const kernels::ReducedLinear& reduced() const { return reduced_; }

 private:
  kernels::PackedLinear packed_ = {};
  kernels::ReducedLinear reduced_ = {};
};

class CpuLane : public Lane {
 public:
  CpuLane(const kernels::KernelTable& kernels, const LaneOptions& options);

  int threads() const override { return pool_.threads(); }
  float* reserve(Workspace workspace, int64_t floats) override;
  void release(Workspace workspace) override;
  int64_t workspace_bytes() const override;

  void gather(const Table& table, std::span<const int32_t> ids, Epilogue epilogue,
              float* y) override;
  void add_row(const float* row, int64_t rows, int64_t width, float* y) override;
  void add_positions(const Table& table, Offsets offsets, Rows rows, float* y) override;
  void linear(const Linear& linear, const float* x, int64_t rows, Epilogue epilogue,
              float* y) override;
  void norm(const Norm& norm, const float* x, int64_t rows, int64_t width, float* y) override;
  void norm_heads(const Norm& norm, int64_t rows, int64_t heads, int64_t head_dim, float* x,
                  int64_t stride) override;
  void add(const float* x, int64_t count, float* y) override;
  void scale(float factor, int64_t count, float* x) override;
  void activate(Activation activation, float* x, int64_t count) override;
  void gate(Activation activation, const float* u, int64_t rows, int64_t width, float* y) override;
  void rotate(const RotaryTable& table, Offsets offsets, Rows rows, int64_t heads, int64_t head_dim,
              float* x, int64_t stride) override;
  int64_t attend(const Attention& attention, Offsets offsets, int64_t first,
                 Deadline deadline) override;
  void encode(const Norm* norm, const float* x, int64_t rows, float* y, const Linear& consumer,
              std::byte* operand) override;
  void quantize(Halves x, int64_t rows, const Linear& consumer, std::byte* operand) override;
  void multiply_add(const Linear& linear, std::byte* operand, int64_t stride, int64_t rows,
                    float* y) override;
  void multiply_activate(const Linear& linear, std::byte* operand, int64_t rows,
                         Activation activation, Halves y) override;
  void multiply_heads(const Linear& linear, std::byte* operand, int64_t rows,
                      const Rotation& rotation, const Heads& heads) override;
  void store_heads(const Norm& queries, const Norm& keys, const Rotation& rotation, float* qkv,
                   int64_t rows, const Heads& heads) override;
  int64_t attend_halves(const Heads& heads, Halves out, Window window, Offsets offsets,
                        int64_t first, Deadline deadline) override;
  void pool_first(const float* x, Offsets offsets, int64_t width, float* y) override;
  void pool_last(const float* x, Offsets offsets, int64_t width, float* y) override;
  void pool_mean(const float* x, Offsets offsets, int64_t width, float* y) override;
  void normalize(float* x, int64_t rows, int64_t width) override;

 protected:
  void run_each(int64_t tasks, const void* body, Call call) override;

 private:
  /// One thread of a lane by itself, with the scratch memory it has there.
  CpuLane(const kernels::KernelTable& kernels, float* scratch);

  /// Calls body(first row, rows) on blocks of rows in parallel.
  template <class Body>
  void by_rows(int64_t rows, const Body& body);
  /// Calls body(first, count) on pieces of an array in parallel.
  template <class Body>
  void by_elements(int64_t count, const Body& body);
  /// The norm's kernel.
  void norm_rows(const Norm& norm, const float* x, int64_t rows, int64_t width, float* y) const;
  /// Runs a product in reduced precision, its panels and rows shared by the threads.
  void multiply(const kernels::ReducedLinear& linear, const kernels::Operand& operand, int64_t rows,
                const kernels::ReducedOutput& output);
  /// Calls tile(number, thread) for tiles from `first` on; see Lane::attend.
  template <class Tile>
  int64_t run_tiles(int64_t tiles, int64_t first, Deadline deadline, const Tile& tile) {
    std::atomic<int64_t> next{first};
    // Each thread looks at the clock before it takes a tile, so every tile below `next` is
    // computed.
    pool_.run(std::min<int64_t>(pool_.threads(), tiles - first), [&](int64_t, int thread) {
      do {
        const int64_t number = next.fetch_add(1, std::memory_order_relaxed);
        if (number >= tiles) return;
        tile(number, thread);
      } while (deadline == kNoDeadline || Deadline::clock::now() < deadline);
    });
    const int64_t reached = next.load(std::memory_order_relaxed);
    return reached < tiles ? reached : kNoTile;
  }
  /// One tile: a block of queries of one head.
  void attend_tile(const Attention& attention, Offsets offsets, int64_t tile, int thread);
  Aligned<float>& memory(Workspace workspace) {
    return workspace == Workspace::kRun ? run_ : paused_;
  }

  const kernels::KernelTable& kernels_;
  ThreadPool pool_;
  Aligned<float> run_;
  Aligned<float> paused_;
  const int64_t scratch_floats_;  // per thread, for either attention
  Aligned<float> own_scratch_;
  float* const scratch_;
  std::vector<std::unique_ptr<CpuLane>> alone_;  // the threads by themselves; one: none
};

}  // namespace gatun::backend::cpu
