// How the activations of reduced precision lie in the bytes that the encoder lends.
#pragma once

#include "backend/backend.h"
#include "kernels/kernel_table.h"

namespace gatun::backend::cpu {

/// Bytes of an operand of `rows` rows: its rows, then in int8 scales, offsets and the values of
/// kept inputs, each part 64-byte aligned.
int64_t operand_bytes(const kernels::KernelTable& kernels, const LinearShape& shape, int64_t rows);

/// Rows first … of that operand.
kernels::Operand operand_at(const kernels::KernelTable& kernels, const LinearShape& shape,
                            std::byte* bytes, int64_t rows, int64_t first);

}  // namespace gatun::backend::cpu
