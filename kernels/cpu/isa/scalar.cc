#include "cpu/isa/vec_scalar.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_scalar.h"
#include "cpu/isa/halves_fma.h"
#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"
#include "cpu/ops/registers.h"

namespace gatun::kernels {

const KernelTable kScalarTable = {Tier::kScalar, "scalar", GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
