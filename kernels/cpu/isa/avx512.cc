#include "cpu/isa/vec_avx512.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_avx512.h"
#include "cpu/isa/halves_fma.h"
#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"
#include "cpu/ops/registers.h"

namespace gatun::kernels {

const KernelTable kAvx512Table = {Tier::kAvx512, "avx512", GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
