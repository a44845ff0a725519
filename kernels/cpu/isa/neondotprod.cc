#include "cpu/isa/vec_neon.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_neondotprod.h"
#include "cpu/isa/halves_fma.h"
#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"
#include "cpu/ops/registers.h"

namespace gatun::kernels {

const KernelTable kNeonDotprodTable = {Tier::kNeonDotprod, "neondotprod",
                                       GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
