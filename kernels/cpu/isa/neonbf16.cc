#include "cpu/isa/vec_neon.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_i8mm.h"
#include "cpu/isa/halves_bfmmla.h"
#include "cpu/isa/multiply_mmla.h"
#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"

namespace gatun::kernels {

const KernelTable kNeonBf16Table = {Tier::kNeonBf16, "neonbf16",
                                    GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
