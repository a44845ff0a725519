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

int64_t reduced_bytes(const kernels::KernelTable& kernels, const LinearShape& shape) {
  const int64_t bytes = kernels.reduced_layout(reduced_shape(shape)).bytes;
  if (bytes > 0) return bytes;
  throw Failure(ErrorCode::kUnsupported, std::string("a layer of ") + std::to_string(shape.inputs) +
                                             " inputs and " + std::to_string(shape.outputs) +
                                             " outputs is too large for precision " +
                                             name_of(shape.form.precision) + "; use fp32");
}

void pack_reduced(const kernels::KernelTable& kernels, const LinearSource& source,
                  std::byte* target) {
  const kernels::ReducedShape shape = reduced_shape(source.shape);
  Aligned<float> work(shape.inputs);
  int32_t kept[kernels::kKeptMax];
  kernels::ReducedSource from = {source.weight, source.bias, source.factors};
  if (shape.keeps) {
    from.kept = kept;
    from.kept_count =
        kernels.outstanding_inputs(source.weight, shape.inputs, shape.outputs, work.data(), kept);
  }
  const kernels::ReducedLayout sizes = kernels.reduced_layout(shape);
  fill_up(target, 0, sizes.bytes);
  kernels.pack_reduced(shape, from, 0, sizes.panels, work.data(), target);
}

bool is_reduced(const LinearShape& shape) { return shape.form.precision != Precision::kF32; }

}  // namespace

kernels::ReducedShape reduced_shape(const LinearShape& shape) {
  const LinearForm& form = shape.form;
  return {
      form.precision == Precision::kInt8 ? kernels::Precision::kInt8 : kernels::Precision::kBf16,
      shape.inputs,
      shape.outputs,
      {form.pairs.end, form.pairs.group},
      form.smoothed,
      form.keeps};
}

std::string packing(const kernels::KernelTable& kernels) {
  return std::string("cpu-") + kernels.name + "-" + std::to_string(kPackingVersion);
}

int64_t packed_bytes(const kernels::KernelTable& kernels, const LinearShape& shape) {
  return is_reduced(shape) ? reduced_bytes(kernels, shape) : layout(kernels, shape).end;
}

void pack(const kernels::KernelTable& kernels, const LinearSource& source, std::byte* target) {
  const LinearShape& shape = source.shape;
  if (is_reduced(shape)) return pack_reduced(kernels, source, target);
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
  const int64_t expected = packed_bytes(kernels, shape);
  if (static_cast<int64_t>(bytes.size()) != expected) {
    throw Failure(ErrorCode::kInternal, "a packed layer of " + std::to_string(bytes.size()) +
                                            " bytes instead of " + std::to_string(expected));
  }
  if (is_reduced(shape)) {
    const kernels::ReducedLinear linear = {reduced_shape(shape), bytes.data()};
    if (!kernels.kept_in_range(linear)) {
      throw Failure(ErrorCode::kFormat, "a packed layer of " + std::to_string(shape.inputs) +
                                            " inputs keeps some that it does not have");
    }
    return std::make_unique<CpuLinear>(shape, linear);
  }
  const Layout parts = layout(kernels, shape);
  const auto floats = [&](int64_t at) { return reinterpret_cast<const float*>(bytes.data() + at); };
  return std::make_unique<CpuLinear>(
      shape, kernels::PackedLinear{floats(parts.panels), shape.bias ? floats(parts.bias) : nullptr,
                                   shape.inputs, shape.outputs});
}

}  // namespace gatun::backend::cpu
