#include "cpu/features.h"

#include <cstdint>

#if GATUN_KERNELS_X86
#include <cpuid.h>
#endif

namespace gatun::kernels {

#if GATUN_KERNELS_X86

namespace {

struct Registers {
  uint32_t eax, ebx, ecx, edx;
};

/// CPUID leaf, all zero when the CPU does not have it. Bits: Intel SDM volume 2A, "CPUID".
Registers cpuid(uint32_t leaf) {
  Registers r = {};
  if (__get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx) == 0) return {};
  return r;
}

/// Register sets the operating system saves at a context switch (Intel SDM volume 1, 13.3).
uint64_t saved_registers() {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

constexpr bool has_all(uint64_t word, uint64_t bits) { return (word & bits) == bits; }

}  // namespace

Tier usable_tier() {
  constexpr uint32_t kFma = 1u << 12, kOsxsave = 1u << 27, kAvx = 1u << 28, kF16c = 1u << 29;
  constexpr uint32_t kAvx2 = 1u << 5;
  constexpr uint32_t kAvx512F = 1u << 16, kAvx512Dq = 1u << 17;
  constexpr uint32_t kAvx512Bw = 1u << 30, kAvx512Vl = 1u << 31;
  constexpr uint64_t kSavesYmm = 0x06, kSavesZmm = 0xe6;

  const Registers basic = cpuid(1);
  if (!has_all(basic.ecx, kOsxsave)) return Tier::kScalar;
  const uint64_t saved = saved_registers();
  const Registers extended = cpuid(7);
  if (!has_all(basic.ecx, kFma | kAvx | kF16c) || !has_all(extended.ebx, kAvx2) ||
      !has_all(saved, kSavesYmm)) {
    return Tier::kScalar;
  }
  if (!has_all(extended.ebx, kAvx512F | kAvx512Dq | kAvx512Bw | kAvx512Vl) ||
      !has_all(saved, kSavesZmm)) {
    return Tier::kAvx2;
  }
  return Tier::kAvx512;
}

#elif GATUN_KERNELS_AARCH64

/// Advanced SIMD belongs to the AArch64 procedure call standard: no program runs without it.
Tier usable_tier() { return Tier::kNeon; }

#else

Tier usable_tier() { return Tier::kScalar; }

#endif

}  // namespace gatun::kernels
