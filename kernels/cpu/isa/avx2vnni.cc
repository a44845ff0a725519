#include "cpu/isa/vec_avx2.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_avx2vnni.h"
#include "cpu/isa/halves_fma.h"
#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"
#include "cpu/ops/registers.h"

namespace gatun::kernels {

const KernelTable kAvx2VnniTable = {Tier::kAvx2Vnni, "avx2vnni",
                                    GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
