// How fast the processors multiply when nothing has to be loaded: the yardstick of benchmarks.
#pragma once

#include <cstdint>

#include "backend/backend.h"
#include "kernels/kernel_table.h"

namespace gatun::backend::cpu {

/// Operations per second of `threads` threads at once, a product and its sum counting as two. Takes
/// about a fifth of a second. Throws std::system_error when a thread cannot be made.
double measure_peak(const kernels::KernelTable& kernels, Precision precision, int32_t threads);

}  // namespace gatun::backend::cpu
