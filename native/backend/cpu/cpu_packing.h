// How linear layers lie in packed bytes on the CPU.
//
// fp32: panels (kernels.packed_floats floats), then the bias when there is one; each part starts at
// a multiple of 64 bytes and is filled up with zeros. bf16 and int8: as kernels.pack_reduced writes
// them.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "backend/backend.h"
#include "kernels/kernel_table.h"

namespace gatun::backend::cpu {

/// Raised with every change of a layout, of a panel's shape on any tier included.
inline constexpr int kPackingVersion = 2;

/// The kernels' words for a layer in reduced precision.
kernels::ReducedShape reduced_shape(const LinearShape& shape);

/// As the functions of Backend that have these names.
std::string packing(const kernels::KernelTable& kernels);
int64_t packed_bytes(const kernels::KernelTable& kernels, const LinearShape& shape);
void pack(const kernels::KernelTable& kernels, const LinearSource& source, std::byte* target);
std::unique_ptr<Linear> view(const kernels::KernelTable& kernels, const LinearShape& shape,
                             std::span<const std::byte> bytes);

}  // namespace gatun::backend::cpu
