#include "backend/cpu/cpu_reduced.h"

#include <algorithm>
#include <cstring>

#include "backend/cpu/cpu_lane.h"
#include "backend/cpu/cpu_packing.h"
#include "backend/cpu/query_slots.h"
#include "runtime/aligned.h"

namespace gatun::backend::cpu {
namespace {

// Rows of a task that makes an operand: a few microseconds of work.
constexpr int64_t kOperandRows = 16;

// Rows of a product's task; the kernel keeps as many of them in the second-level cache as fit.
constexpr int64_t kProductRows = 1024;

// Tasks of a product for each of several threads: a late one is made up for, and yet most panels
// are not the last of their task, in which a panel is fetched while the one before is multiplied.
constexpr int64_t kTasksPerThread = 2;

// Queries that share the packing of their keys; fewer where heads alone do not keep the threads
// busy.
constexpr int64_t kQueriesMin = 128;

int64_t blocks(int64_t count, int64_t block) { return (count + block - 1) / block; }
int64_t rounded(int64_t bytes) { return blocks(bytes, kAlignment) * kAlignment; }

kernels::Precision precision_of(const LinearShape& shape) { return reduced_shape(shape).precision; }

const kernels::ReducedLinear& reduced(const Linear& linear) {
  return static_cast<const CpuLinear&>(linear).reduced();
}

/// Where the parts of an operand start, in bytes.
struct Parts {
  int64_t stride;
  int64_t scales;
  int64_t offsets;
  int64_t kept;
  int64_t end;
};

Parts parts_of(const kernels::KernelTable& kernels, const LinearShape& shape, int64_t rows) {
  const bool int8 = shape.form.precision == Precision::kInt8;
  const int64_t floats = int8 ? rounded(rows * int64_t{sizeof(float)}) : 0;
  Parts parts;
  parts.stride = kernels.operand_stride(precision_of(shape), shape.inputs);
  parts.scales = rounded(rows * parts.stride);
  parts.offsets = parts.scales + floats;
  parts.kept = parts.offsets + floats;
  parts.end = parts.kept + (shape.form.keeps ? kernels::kKeptMax * floats : 0);
  return parts;
}

kernels::Operand part_of(const kernels::Operand& whole, int64_t first) {
  kernels::Operand part = whole;
  part.rows = static_cast<std::byte*>(whole.rows) + first * whole.stride;
  part.scales += first;
  part.offsets += first;
  part.kept += first * kernels::kKeptMax;
  return part;
}

}  // namespace

int64_t operand_bytes(const kernels::KernelTable& kernels, const LinearShape& shape, int64_t rows) {
  return parts_of(kernels, shape, rows).end;
}

kernels::Operand operand_at(const kernels::KernelTable& kernels, const LinearShape& shape,
                            std::byte* bytes, int64_t rows, int64_t first) {
  const Parts parts = parts_of(kernels, shape, rows);
  const auto floats = [&](int64_t at) { return reinterpret_cast<float*>(bytes + at); };
  return part_of(
      {bytes, parts.stride, floats(parts.scales), floats(parts.offsets), floats(parts.kept)},
      first);
}

void CpuLane::encode(const Norm* norm, const float* x, int64_t rows, float* y,
                     const Linear& consumer, std::byte* operand) {
  const int64_t width = consumer.inputs();
  const Norm none = {nullptr, nullptr, 0};
  const Norm& n = norm == nullptr ? none : *norm;
  pool_.run(blocks(rows, kOperandRows), [&](int64_t task, int) {
    const int64_t first = task * kOperandRows;
    kernels_.norm_rows(kernel_word(n.kind), x + first * width, std::min(kOperandRows, rows - first),
                       n.gamma, n.beta, n.epsilon, y == nullptr ? nullptr : y + first * width,
                       reduced(consumer),
                       operand_at(kernels_, consumer.shape(), operand, rows, first));
  });
}

void CpuLane::quantize(Halves x, int64_t rows, const Linear& consumer, std::byte* operand) {
  const int64_t element = kernels_.half_bytes();
  pool_.run(blocks(rows, kOperandRows), [&](int64_t task, int) {
    const int64_t first = task * kOperandRows;
    kernels_.quantize_rows(x.row(first, element), x.stride, std::min(kOperandRows, rows - first),
                           reduced(consumer),
                           operand_at(kernels_, consumer.shape(), operand, rows, first));
  });
}

void CpuLane::multiply(const kernels::ReducedLinear& linear, const kernels::Operand& operand,
                       int64_t rows, const kernels::ReducedOutput& output) {
  const int64_t panels = kernels_.reduced_layout(linear.shape).panels;
  const int64_t sweeps = blocks(rows, kProductRows);
  const int64_t tasks = pool_.threads() == 1 ? 1 : kTasksPerThread * pool_.threads();
  const int64_t wanted = std::max<int64_t>(tasks / sweeps, 1);
  const int64_t group = std::max<int64_t>(panels / wanted, 1);
  const int64_t groups = blocks(panels, group);
  const int64_t element = kernels_.half_bytes();
  pool_.run(groups * sweeps, [&](int64_t task, int) {
    const int64_t first = task / groups * kProductRows;
    const int64_t panel = task % groups * group;
    kernels::ReducedOutput part = output;
    if (part.y != nullptr) part.y += first * part.y_stride;
    if (part.half != nullptr) {
      part.half = static_cast<std::byte*>(part.half) + first * part.half_stride * element;
    }
    if (part.positions != nullptr) part.positions += first;
    kernels_.multiply(linear, part_of(operand, first), std::min(kProductRows, rows - first), panel,
                      std::min(group, panels - panel), part);
  });
}

void CpuLane::multiply_add(const Linear& linear, std::byte* operand, int64_t stride, int64_t rows,
                           float* y) {
  kernels::ReducedOutput output = {};
  output.finish = kernels::Finish::kAdd;
  output.y = y;
  output.y_stride = linear.outputs();
  kernels::Operand x = operand_at(kernels_, linear.shape(), operand, rows, 0);
  if (stride != 0) x.stride = stride * kernels_.half_bytes();
  multiply(reduced(linear), x, rows, output);
}

void CpuLane::multiply_activate(const Linear& linear, std::byte* operand, int64_t rows,
                                Activation activation, Halves y) {
  kernels::ReducedOutput output = {};
  const bool gated = linear.shape().form.pairs.group != 0;
  output.finish = gated ? kernels::Finish::kGate : kernels::Finish::kActivate;
  output.activation = kernel_word(activation);
  output.half = y.data;
  output.half_stride = y.stride;
  multiply(reduced(linear), operand_at(kernels_, linear.shape(), operand, rows, 0), rows, output);
}

void CpuLane::multiply_heads(const Linear& linear, std::byte* operand, int64_t rows,
                             const Rotation& rotation, const Heads& heads) {
  kernels::ReducedOutput output = {};
  output.finish = kernels::Finish::kHeads;
  output.half = heads.qkv.data;
  output.half_stride = heads.qkv.stride;
  output.positions = rotation.positions;
  output.query_end = heads.heads * heads.score_dim;
  output.query_scale = rotation.scale;
  if (rotation.table != nullptr) {
    output.cosine = rotation.table->cosine;
    output.sine = rotation.table->sine;
  }
  multiply(reduced(linear), operand_at(kernels_, linear.shape(), operand, rows, 0), rows, output);
}

void CpuLane::store_heads(const Norm& queries, const Norm& keys, const Rotation& rotation,
                          float* qkv, int64_t rows, const Heads& heads) {
  const int64_t dim = heads.score_dim, width = heads.width();
  const int64_t element = kernels_.half_bytes();
  const int64_t scored = heads.heads + heads.key_heads;
  pool_.run(blocks(rows, kOperandRows), [&](int64_t task, int) {
    const int64_t first = task * kOperandRows;
    for (int64_t r = first; r < std::min(first + kOperandRows, rows); ++r) {
      float* row = qkv + r * width;
      float* key = row + heads.heads * dim;
      norm_rows(queries, row, heads.heads, dim, row);
      norm_rows(keys, key, heads.key_heads, dim, key);
      if (rotation.table != nullptr) {
        const int64_t angle = rotation.positions[r] * (dim / 2);
        kernels_.rotate(row, 1, width, scored, dim, rotation.table->cosine + angle,
                        rotation.table->sine + angle);
      }
      kernels_.scale(rotation.scale, heads.heads * dim, row);
      std::byte* half = heads.qkv.row(r, element);
      kernels_.narrow(row, width, half);
      // Products that read the queries' place may read past a narrow row.
      std::memset(half + width * element, 0,
                  static_cast<size_t>((heads.qkv.stride - width) * element));
    }
  });
}

int64_t CpuLane::attend_halves(const Heads& heads, Halves out, Window window, Offsets offsets,
                               int64_t first, Deadline deadline) {
  const int64_t tokens = offsets.back() - offsets.front();
  const int64_t share = blocks(tokens * heads.heads, 2 * pool_.threads());
  const int64_t block =
      std::clamp(share / kQueriesMin * kQueriesMin, kQueriesMin, kernels::kQueryChunk);
  const int64_t slots = first_slot(offsets, offsets.size() - 1, block);
  const int64_t element = kernels_.half_bytes();
  return run_tiles(heads.heads * slots, first, deadline, [&](int64_t tile, int thread) {
    const Queries queries = queries_of(offsets, tile % slots, block);
    if (queries.count == 0) return;
    const int64_t head = tile / slots, row = offsets[queries.sequence];
    const int64_t shared = head / (heads.heads / heads.key_heads);
    const int64_t values = (heads.heads + heads.key_heads) * heads.score_dim;
    const auto at = [&](int64_t column) { return heads.qkv.row(row, element) + column * element; };
    kernels::HalfAttention call;
    call.q = at(head * heads.score_dim);
    call.k = at((heads.heads + shared) * heads.score_dim);
    call.v = at(values + shared * heads.value_dim);
    call.out = out.row(row, element) + head * heads.value_dim * element;
    call.stride = heads.qkv.stride;
    call.out_stride = out.stride;
    call.tokens = queries.tokens;
    call.query_first = queries.first;
    call.query_count = queries.count;
    call.score_dim = heads.score_dim;
    call.value_dim = heads.value_dim;
    call.window = kernel_word(window);
    call.scratch = scratch_ + thread * scratch_floats_;
    kernels_.attend_half(call);
  });
}

}  // namespace gatun::backend::cpu
