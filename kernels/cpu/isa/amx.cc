#include "cpu/isa/vec_avx512.h"
// Vec comes first: the operations are written against it.
#include "cpu/isa/bytes_avx512vnni.h"
#include "cpu/isa/halves_bf16.h"

namespace gatun::kernels {
namespace {

/// Panels of two tiles; tiles leave 32-bit integers.
struct ByteProduct : VnniProduct<Vec::kReducedRows, 2> {
  static Vec result(const float* sums) { return value(_mm512_loadu_si512(sums)); }
};
using HalfProduct = Bf16Product<2>;

}  // namespace
}  // namespace gatun::kernels

#include "cpu/isa/multiply_amx.h"
#include "cpu/isa/tables.h"
#include "cpu/ops/ops.h"

namespace gatun::kernels {

const KernelTable kAmxTable = {Tier::kAmx, "amx", GATUN_KERNEL_LIST(GATUN_KERNEL_SLOT)};

}  // namespace gatun::kernels
