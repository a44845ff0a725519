#include "cpu/features.h"

#include <cstdint>

#if GATUN_KERNELS_AARCH64 && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif
#if GATUN_KERNELS_X86
#include <cpuid.h>
#endif
#if GATUN_KERNELS_X86 && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace gatun::kernels {

#if GATUN_KERNELS_X86

namespace {

struct Registers {
  uint32_t eax, ebx, ecx, edx;
};

/// CPUID leaf, all zero when the CPU does not have it. Bits: Intel SDM volume 2A, "CPUID".
Registers cpuid(uint32_t leaf, uint32_t subleaf = 0) {
  Registers r = {};
  if (__get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx) == 0) return {};
  return r;
}

/// Register sets the operating system saves at a context switch (Intel SDM volume 1, 13.3).
uint64_t saved_registers() {
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

constexpr bool has_all(uint64_t word, uint64_t bits) { return (word & bits) == bits; }

/// Linux gives a process the use of tile registers when it asks
/// (Documentation/arch/x86/xstate.rst); threads made afterwards inherit it.
bool tiles_permitted() {
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

}  // namespace

TierSet usable_tiers() {
  constexpr uint32_t kFma = 1u << 12, kOsxsave = 1u << 27, kAvx = 1u << 28, kF16c = 1u << 29;
  constexpr uint32_t kAvx2 = 1u << 5;
  constexpr uint32_t kAvx512F = 1u << 16, kAvx512Dq = 1u << 17;
  constexpr uint32_t kAvx512Bw = 1u << 30, kAvx512Vl = 1u << 31;
  constexpr uint32_t kAvx512Vnni = 1u << 11;                     // leaf 7, ecx
  constexpr uint32_t kAvxVnni = 1u << 4, kAvx512Bf16 = 1u << 5;  // leaf 7.1, eax
  constexpr uint32_t kAmx = 1u << 22 | 1u << 24 | 1u << 25;      // leaf 7, edx: bf16, tile, int8
  constexpr uint64_t kSavesYmm = 0x06, kSavesZmm = 0xe6, kSavesTiles = 0x60000;

  TierSet tiers;
  tiers.add(Tier::kScalar);
  const Registers basic = cpuid(1);
  if (!has_all(basic.ecx, kOsxsave)) return tiers;
  const uint64_t saved = saved_registers();
  const Registers extended = cpuid(7), more = cpuid(7, 1);
  if (!has_all(basic.ecx, kFma | kAvx | kF16c) || !has_all(extended.ebx, kAvx2) ||
      !has_all(saved, kSavesYmm)) {
    return tiers;
  }
  tiers.add(Tier::kAvx2);
  if (has_all(more.eax, kAvxVnni)) tiers.add(Tier::kAvx2Vnni);
  if (!has_all(extended.ebx, kAvx512F | kAvx512Dq | kAvx512Bw | kAvx512Vl) ||
      !has_all(saved, kSavesZmm)) {
    return tiers;
  }
  tiers.add(Tier::kAvx512);
  if (!has_all(extended.ecx, kAvx512Vnni)) return tiers;
  tiers.add(Tier::kAvx512Vnni);
  if (!has_all(more.eax, kAvx512Bf16)) return tiers;
  tiers.add(Tier::kAvx512Bf16);
  if (has_all(extended.edx, kAmx) && has_all(saved, kSavesTiles) && tiles_permitted()) {
    tiers.add(Tier::kAmx);
  }
  return tiers;
}

#elif GATUN_KERNELS_AARCH64

/// Advanced SIMD belongs to the AArch64 procedure call standard: no program runs without it. What
/// comes on top is reported by Linux in the auxiliary vector (its arm64/elf_hwcaps document).
TierSet usable_tiers() {
  TierSet tiers;
  tiers.add(Tier::kScalar);
  tiers.add(Tier::kNeon);
#if defined(__linux__)
  const uint64_t basic = getauxval(AT_HWCAP), more = getauxval(AT_HWCAP2);
  if ((basic & HWCAP_ASIMDDP) == 0) return tiers;
  tiers.add(Tier::kNeonDotprod);
  if ((more & HWCAP2_I8MM) != 0 && (more & HWCAP2_BF16) != 0) tiers.add(Tier::kNeonBf16);
#endif
  return tiers;
}

#else

TierSet usable_tiers() {
  TierSet tiers;
  tiers.add(Tier::kScalar);
  return tiers;
}

#endif

}  // namespace gatun::kernels
