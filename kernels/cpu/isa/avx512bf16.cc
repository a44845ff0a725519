#include "cpu/isa/vec_avx512.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_avx512vnni.h"
#include "cpu/isa/halves_bf16.h"

namespace gatun::kernels {
namespace {
using ByteProduct = VnniProduct<12, 2>;
using HalfProduct = Bf16Product<Vec::kReducedVectors>;
}  // namespace
}  // namespace gatun::kernels

#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"
#include "cpu/ops/registers.h"

namespace gatun::kernels {

const KernelTable kAvx512Bf16Table = {Tier::kAvx512Bf16, "avx512bf16",
                                      GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
