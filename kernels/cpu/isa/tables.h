// One table per tier that this build has.
#pragma once

#include "kernels/kernel_table.h"

namespace gatun::kernels {

extern const KernelTable kScalarTable;
#if GATUN_KERNELS_X86
extern const KernelTable kAvx2Table;
extern const KernelTable kAvx2VnniTable;
extern const KernelTable kAvx512Table;
extern const KernelTable kAvx512VnniTable;
extern const KernelTable kAvx512Bf16Table;
extern const KernelTable kAmxTable;
#elif GATUN_KERNELS_AARCH64
extern const KernelTable kNeonTable;
extern const KernelTable kNeonDotprodTable;
extern const KernelTable kNeonBf16Table;
#endif

}  // namespace gatun::kernels

/// Slot of one kernel in the table of the tier being compiled.
#define GATUN_KERNEL_SLOT(name, result, parameters) &name,
