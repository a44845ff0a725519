// Halves of tiers without bf16 arithmetic: bf16 weights are widened as they are loaded, activations
// stay fp32.
#pragma once

#include "cpu/ops/product.h"

namespace gatun::kernels {
namespace {

using HalfProduct = FmaProduct<uint16_t>;
using AttendProduct = FmaProduct<float>;

}  // namespace
}  // namespace gatun::kernels
