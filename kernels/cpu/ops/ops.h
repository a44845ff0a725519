// Every operation, for the file of one tier. Needs Vec of that tier, included before.
//
// These headers are compiled once per instruction set. Everything in them has internal linkage
// (unnamed namespaces): a function shared between tiers would let the linker run AVX-512 code on a
// machine without it. For the same reason they use no standard container or algorithm.
#pragma once

#include "cpu/ops/activation.h"
#include "cpu/ops/attention.h"
#include "cpu/ops/convert.h"
#include "cpu/ops/gemm.h"
#include "cpu/ops/norm.h"
#include "cpu/ops/pool.h"
#include "cpu/ops/rope.h"
