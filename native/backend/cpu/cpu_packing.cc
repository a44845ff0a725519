#include "backend/cpu/cpu_packing.h"

#include <cstring>
#include <new>

#include "backend/cpu/cpu_lane.h"
#include "runtime/aligned.h"
#include "runtime/failure.h"

namespace gatun::backend::cpu {
namespace {

/// Where the parts of a layer start, in bytes.
struct Layout {
  int64_t panels;  // = 0
  int64_t bias;
  int64_t end;
};

int64_t rounded(int64_t bytes) {
  int64_t padded = 0;
  if (bytes < 0 || __builtin_add_overflow(bytes, kAlignment - 1, &padded)) throw std::bad_alloc();
  return padded / kAlignment * kAlignment;
}

Layout layout(const kernels::KernelTable& kernels, const LinearShape& shape) {
  if (shape.precision != Precision::kF32) {
    throw Failure(ErrorCode::kUnsupported, std::string("precision ") + name_of(shape.precision) +
                                               " is not computed on this CPU's tier " +
                                               kernels.name + "; use fp32");
  }
  const int64_t floats = kernels.packed_floats(shape.inputs, shape.outputs);
  if (floats <= 0) throw std::bad_alloc();
  const int64_t bias = rounded(floats * int64_t{sizeof(float)});
  const int64_t bias_bytes = shape.bias ? rounded(shape.outputs * int64_t{sizeof(float)}) : 0;
  int64_t end = 0;
  if (__builtin_add_overflow(bias, bias_bytes, &end)) throw std::bad_alloc();
  return {0, bias, end};
}

/// Zeros from `from` to `end`.
void fill_up(std::byte* target, int64_t from, int64_t end) {
  std::memset(target + from, 0, static_cast<size_t>(end - from));
}

}  // namespace

std::string packing(const kernels::KernelTable& kernels) {
  return std::string("cpu-") + kernels.name + "-" + std::to_string(kPackingVersion);
}

int64_t packed_bytes(const kernels::KernelTable& kernels, const LinearShape& shape) {
  return layout(kernels, shape).end;
}

void pack(const kernels::KernelTable& kernels, const LinearSource& source, std::byte* target) {
  const LinearShape& shape = source.shape;
  const Layout parts = layout(kernels, shape);
  kernels.pack_linear(source.weight, shape.inputs, shape.outputs,
                      reinterpret_cast<float*>(target + parts.panels));
  fill_up(target, kernels.packed_floats(shape.inputs, shape.outputs) * int64_t{sizeof(float)},
          parts.bias);
  if (!shape.bias) return;
  const int64_t bytes = shape.outputs * int64_t{sizeof(float)};
  std::memcpy(target + parts.bias, source.bias, static_cast<size_t>(bytes));
  fill_up(target, parts.bias + bytes, parts.end);
}

std::unique_ptr<Linear> view(const kernels::KernelTable& kernels, const LinearShape& shape,
                             std::span<const std::byte> bytes) {
  const Layout parts = layout(kernels, shape);
  if (static_cast<int64_t>(bytes.size()) != parts.end) {
    throw Failure(ErrorCode::kInternal, "a packed layer of " + std::to_string(bytes.size()) +
                                            " bytes instead of " + std::to_string(parts.end));
  }
  const auto floats = [&](int64_t at) { return reinterpret_cast<const float*>(bytes.data() + at); };
  return std::make_unique<CpuLinear>(
      shape, kernels::PackedLinear{floats(parts.panels), shape.bias ? floats(parts.bias) : nullptr,
                                   shape.inputs, shape.outputs});
}

}  // namespace gatun::backend::cpu
