#include "cpu/isa/vec_avx512.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_avx512vnni.h"
#include "cpu/isa/halves_fma.h"

namespace gatun::kernels {
namespace {
using ByteProduct = VnniProduct<12, 2>;
}  // namespace
}  // namespace gatun::kernels

#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"
#include "cpu/ops/registers.h"

namespace gatun::kernels {

const KernelTable kAvx512VnniTable = {Tier::kAvx512Vnni, "avx512vnni",
                                      GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
