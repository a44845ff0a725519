#include "backend/cpu/cpu_lane.h"

#include <algorithm>
#include <cstring>

#include "backend/cpu/query_slots.h"

namespace gatun::backend::cpu {
namespace {

// Rows per task of the element-wise steps: a few microseconds of work, so that the shared task
// counter does not show.
constexpr int64_t kRows = 32;
constexpr int64_t kElements = 16384;

// Blocks of a matrix product. 128 rows of x (K = 768: 384 KiB) and a group of panels (at most
// 256 KiB) share the second-level cache; one task is around a millisecond at most.
constexpr int64_t kLinearRows = 128;
constexpr int64_t kPanelGroupFloats = 65536;

int64_t blocks(int64_t count, int64_t block) { return (count + block - 1) / block; }

/// Index of the sequence that holds token `row`.
size_t sequence_of(Offsets offsets, int64_t row) {
  return static_cast<size_t>(std::upper_bound(offsets.begin(), offsets.end(), row) -
                             offsets.begin()) -
         1;
}

/// Calls body(first row, rows, position of the first row) for the part of each sequence inside rows
/// first … first+count−1.
template <class Body>
void by_sequence(Offsets offsets, int64_t first, int64_t count, const Body& body) {
  const int64_t end = first + count;
  for (size_t i = sequence_of(offsets, first); first < end; ++i) {
    const int64_t stop = std::min<int64_t>(end, offsets[i + 1]);
    body(first, stop - first, first - offsets[i]);
    first = stop;
  }
}

/// One row of a table in fp32.
void widen_row(const kernels::KernelTable& kernels, RowForm form, const void* row, int64_t width,
               float* y) {
  switch (form) {
    case RowForm::kF32: return kernels.widen(kernels::Storage::kF32, row, width, y);
    case RowForm::kF16: return kernels.widen(kernels::Storage::kF16, row, width, y);
    case RowForm::kBf16: return kernels.widen(kernels::Storage::kBf16, row, width, y);
    case RowForm::kInt8: {
      // A row takes nanoseconds, whatever the compiler makes of it; a layer takes microseconds.
      const auto* elements = static_cast<const int8_t*>(row);
      float scale = 0;
      std::memcpy(&scale, elements + width, sizeof(scale));
      for (int64_t i = 0; i < width; ++i) y[i] = scale * static_cast<float>(elements[i]);
      return;
    }
  }
}

}  // namespace

kernels::Activation kernel_word(Activation activation) {
  switch (activation) {
    case Activation::kNone: return kernels::Activation::kNone;
    case Activation::kGeluErf: return kernels::Activation::kGeluErf;
    case Activation::kGeluTanh: return kernels::Activation::kGeluTanh;
    case Activation::kSilu: return kernels::Activation::kSilu;
    case Activation::kRelu: return kernels::Activation::kRelu;
    case Activation::kTanh: return kernels::Activation::kTanh;
  }
  return kernels::Activation::kNone;
}

kernels::Epilogue kernel_word(Epilogue epilogue) {
  return epilogue == Epilogue::kStore ? kernels::Epilogue::kStore : kernels::Epilogue::kAccumulate;
}

kernels::Storage kernel_word(Storage storage) {
  switch (storage) {
    case Storage::kF32: return kernels::Storage::kF32;
    case Storage::kF16: return kernels::Storage::kF16;
    case Storage::kBf16: return kernels::Storage::kBf16;
  }
  return kernels::Storage::kF32;
}

kernels::NormKind kernel_word(NormKind kind) {
  return kind == NormKind::kRms ? kernels::NormKind::kRms : kernels::NormKind::kLayerNorm;
}

kernels::Window kernel_word(Window window) { return {window.before, window.after}; }

CpuLane::CpuLane(const kernels::KernelTable& kernels, const LaneOptions& options)
    : kernels_(kernels),
      pool_(options.threads, options.first_cpu),
      scratch_floats_(std::max(kernels::kAttentionScratchFloats,
                               blocks(kernels.half_attention_scratch(), kAlignment) * kAlignment /
                                   int64_t{sizeof(float)})),
      own_scratch_(scratch_floats_ * options.threads),
      scratch_(own_scratch_.data()) {
  for (int thread = 0; options.threads > 1 && thread < options.threads; ++thread) {
    alone_.emplace_back(new CpuLane(kernels, scratch_ + thread * scratch_floats_));
  }
}

CpuLane::CpuLane(const kernels::KernelTable& kernels, float* scratch)
    : kernels_(kernels), pool_(1), scratch_floats_(0), scratch_(scratch) {}

void CpuLane::run_each(int64_t tasks, const void* body, Call call) {
  pool_.run(tasks, [&](int64_t task, int thread) {
    call(body, alone_.empty() ? *this : *alone_[static_cast<size_t>(thread)], task);
  });
}

float* CpuLane::reserve(Workspace workspace, int64_t floats) {
  Aligned<float>& held = memory(workspace);
  if (floats > held.count()) {
    held = Aligned<float>();
    held = Aligned<float>(floats);
  }
  return held.data();
}

void CpuLane::release(Workspace workspace) { memory(workspace) = Aligned<float>(); }

int64_t CpuLane::workspace_bytes() const {
  return run_.bytes() + paused_.bytes() + own_scratch_.bytes();
}

template <class Body>
void CpuLane::by_rows(int64_t rows, const Body& body) {
  pool_.run(blocks(rows, kRows), [&](int64_t task, int) {
    const int64_t first = task * kRows;
    body(first, std::min(kRows, rows - first));
  });
}

template <class Body>
void CpuLane::by_elements(int64_t count, const Body& body) {
  pool_.run(blocks(count, kElements), [&](int64_t task, int) {
    const int64_t first = task * kElements;
    body(first, std::min(kElements, count - first));
  });
}

void CpuLane::gather(const Table& table, std::span<const int32_t> ids, Epilogue epilogue,
                     float* y) {
  const int64_t step = row_bytes(table.form, table.width);
  const auto* rows = static_cast<const unsigned char*>(table.rows);
  by_rows(static_cast<int64_t>(ids.size()), [&](int64_t first, int64_t count) {
    for (int64_t r = first; r < first + count; ++r) {
      const void* source = rows + ids[static_cast<size_t>(r)] * step;
      float* target = y + r * table.width;
      if (epilogue == Epilogue::kStore) {
        widen_row(kernels_, table.form, source, table.width, target);
      } else {
        kernels_.add(static_cast<const float*>(source), table.width, target);
      }
    }
  });
}

void CpuLane::add_row(const float* row, int64_t rows, int64_t width, float* y) {
  by_rows(rows, [&](int64_t first, int64_t count) {
    for (int64_t r = first; r < first + count; ++r) kernels_.add(row, width, y + r * width);
  });
}

void CpuLane::add_positions(const Table& table, Offsets offsets, Rows rows, float* y) {
  const auto* values = static_cast<const float*>(table.rows);
  by_rows(rows.count, [&](int64_t first, int64_t count) {
    by_sequence(offsets, rows.first + first, count, [&](int64_t row, int64_t part, int64_t at) {
      kernels_.add(values + at * table.width, part * table.width,
                   y + (row - rows.first) * table.width);
    });
  });
}

void CpuLane::linear(const Linear& linear, const float* x, int64_t rows, Epilogue epilogue,
                     float* y) {
  const kernels::PackedLinear& packed = static_cast<const CpuLinear&>(linear).packed();
  const int64_t columns = kernels_.panel_columns();
  const int64_t panels = blocks(packed.outputs, columns);
  const int64_t group =
      std::clamp<int64_t>(kPanelGroupFloats / (columns * packed.inputs), 1, panels);
  const int64_t groups = blocks(panels, group);
  pool_.run(groups * blocks(rows, kLinearRows), [&](int64_t task, int) {
    const int64_t row = task / groups * kLinearRows;
    const int64_t panel = task % groups * group;
    kernels_.linear(packed, x + row * packed.inputs, std::min(kLinearRows, rows - row),
                    packed.inputs, panel, std::min(group, panels - panel), kernel_word(epilogue),
                    y + row * packed.outputs, packed.outputs);
  });
}

void CpuLane::norm_rows(const Norm& norm, const float* x, int64_t rows, int64_t width,
                        float* y) const {
  switch (norm.kind) {
    case NormKind::kLayerNorm:
      kernels_.layer_norm(x, rows, width, norm.gamma, norm.beta, norm.epsilon, y);
      return;
    case NormKind::kRms: kernels_.rms_norm(x, rows, width, norm.gamma, norm.epsilon, y); return;
  }
}

void CpuLane::norm(const Norm& norm, const float* x, int64_t rows, int64_t width, float* y) {
  by_rows(rows, [&](int64_t first, int64_t count) {
    norm_rows(norm, x + first * width, count, width, y + first * width);
  });
}

void CpuLane::norm_heads(const Norm& norm, int64_t rows, int64_t heads, int64_t head_dim, float* x,
                         int64_t stride) {
  by_rows(rows, [&](int64_t first, int64_t count) {
    for (int64_t r = first; r < first + count; ++r) {
      norm_rows(norm, x + r * stride, heads, head_dim, x + r * stride);
    }
  });
}

void CpuLane::add(const float* x, int64_t count, float* y) {
  by_elements(count,
              [&](int64_t first, int64_t part) { kernels_.add(x + first, part, y + first); });
}

void CpuLane::scale(float factor, int64_t count, float* x) {
  by_elements(count, [&](int64_t first, int64_t part) { kernels_.scale(factor, part, x + first); });
}

void CpuLane::activate(Activation activation, float* x, int64_t count) {
  by_elements(count, [&](int64_t first, int64_t part) {
    kernels_.activate(kernel_word(activation), x + first, part);
  });
}

void CpuLane::gate(Activation activation, const float* u, int64_t rows, int64_t width, float* y) {
  by_rows(rows, [&](int64_t first, int64_t count) {
    kernels_.gate(kernel_word(activation), u + first * 2 * width, count, width, y + first * width);
  });
}

void CpuLane::rotate(const RotaryTable& table, Offsets offsets, Rows rows, int64_t heads,
                     int64_t head_dim, float* x, int64_t stride) {
  const int64_t half = head_dim / 2;
  by_rows(rows.count, [&](int64_t first, int64_t count) {
    by_sequence(offsets, rows.first + first, count, [&](int64_t row, int64_t part, int64_t at) {
      kernels_.rotate(x + (row - rows.first) * stride, part, stride, heads, head_dim,
                      table.cosine + at * half, table.sine + at * half);
    });
  });
}

int64_t CpuLane::attend(const Attention& attention, Offsets offsets, int64_t first,
                        Deadline deadline) {
  const int64_t slots = first_slot(offsets, offsets.size() - 1, kernels::kQueryBlock);
  return run_tiles(attention.heads * slots, first, deadline, [&](int64_t tile, int thread) {
    attend_tile(attention, offsets, tile, thread);
  });
}

void CpuLane::attend_tile(const Attention& attention, Offsets offsets, int64_t tile, int thread) {
  const int64_t slots = first_slot(offsets, offsets.size() - 1, kernels::kQueryBlock);
  const Queries queries = queries_of(offsets, tile % slots, kernels::kQueryBlock);
  if (queries.count == 0) return;
  const int64_t dim = attention.head_dim;
  const int64_t width = attention.heads * dim, key_width = attention.key_heads * dim;
  const int64_t stride = width + 2 * key_width;
  const int64_t head = tile / slots;
  const int64_t shared = head / (attention.heads / attention.key_heads) * dim;
  const int64_t row = offsets[queries.sequence];
  const float* q = attention.qkv + row * stride;
  kernels::AttentionTile block;
  block.q = q + head * dim;
  block.k = q + width + shared;
  block.v = q + width + key_width + shared;
  block.out = attention.out + row * width + head * dim;
  block.q_stride = block.k_stride = block.v_stride = stride;
  block.out_stride = width;
  block.tokens = queries.tokens;
  block.query_first = queries.first;
  block.query_count = queries.count;
  block.head_dim = dim;
  block.window = kernel_word(attention.window);
  block.scale = attention.scale;
  block.scratch = scratch_ + thread * scratch_floats_;
  kernels_.attend(block);
}

void CpuLane::pool_first(const float* x, Offsets offsets, int64_t width, float* y) {
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::memcpy(y + static_cast<int64_t>(i) * width, x + offsets[i] * width,
                static_cast<size_t>(width) * sizeof(float));
  }
}

void CpuLane::pool_last(const float* x, Offsets offsets, int64_t width, float* y) {
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::memcpy(y + static_cast<int64_t>(i) * width, x + (offsets[i + 1] - 1) * width,
                static_cast<size_t>(width) * sizeof(float));
  }
}

void CpuLane::pool_mean(const float* x, Offsets offsets, int64_t width, float* y) {
  pool_.run(static_cast<int64_t>(offsets.size()) - 1, [&](int64_t task, int) {
    const auto i = static_cast<size_t>(task);
    kernels_.mean_rows(x + offsets[i] * width, offsets[i + 1] - offsets[i], width,
                       y + task * width);
  });
}

void CpuLane::normalize(float* x, int64_t rows, int64_t width) {
  by_rows(rows, [&](int64_t first, int64_t count) {
    for (int64_t r = first; r < first + count; ++r) kernels_.normalize(x + r * width, width);
  });
}

}  // namespace gatun::backend::cpu
