#include "runtime/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace gatun {
namespace {

constexpr size_t kBlock = 64;

alignas(64) constexpr std::array<uint32_t, 64> kConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

uint32_t big_endian(const std::byte* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return __builtin_bswap32(word);
}

void compress(uint32_t* state, const std::byte* bytes, size_t blocks) {
  for (; blocks > 0; --blocks, bytes += kBlock) {
    std::array<uint32_t, 64> w;
    for (size_t t = 0; t < 16; ++t) w[t] = big_endian(bytes + 4 * t);
    for (size_t t = 16; t < 64; ++t) {
      const uint32_t x = w[t - 15];
      const uint32_t y = w[t - 2];
      w[t] = w[t - 16] + (std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3)) + w[t - 7] +
             (std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10));
    }
    std::array<uint32_t, 8> s;
    std::copy_n(state, 8, s.begin());
    // The words a … h move along by one in each round; with eight rounds unrolled none is copied.
#pragma GCC unroll 8
    for (size_t t = 0; t < 64; ++t) {
      const auto word = [&](size_t i) -> uint32_t& { return s[(i - t) & 7]; };
      const uint32_t a = word(0);
      const uint32_t e = word(4);
      const uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const uint32_t choice = (e & word(5)) ^ (~e & word(6));
      const uint32_t t1 = word(7) + sum1 + choice + kConstants[t] + w[t];
      const uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const uint32_t majority = (a & word(1)) ^ (a & word(2)) ^ (word(1) & word(2));
      word(3) += t1;
      word(7) = t1 + sum0 + majority;
    }
    for (size_t i = 0; i < 8; ++i) state[i] += s[i];
  }
}

#if defined(__x86_64__)

/// CPUID leaf 7: SHA extensions; leaf 1: SSSE3 and SSE4.1.
bool has_sha_instructions() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_SSSE3) == 0 || (c & bit_SSE4_1) == 0) {
    return false;
  }
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_SHA) != 0;
}

/// The instructions hold the state as ABEF and CDGH and do two rounds at a time; w is a ring of the
/// last 16 words, four to a register.
__attribute__((target("sha,sse4.1,ssse3"))) void compress_fast(uint32_t* state,
                                                               const std::byte* bytes,
                                                               size_t blocks) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const auto* constants = reinterpret_cast<const __m128i*>(kConstants.data());
  auto* stored = reinterpret_cast<__m128i*>(state);
  const __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(stored), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(stored + 1), 0x1b);
  __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
  __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
  for (; blocks > 0; --blocks, bytes += kBlock) {
    const __m128i abef_before = abef;
    const __m128i cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) {
      const auto* words = reinterpret_cast<const __m128i*>(bytes) + i;
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(words), swap);
    }
#pragma GCC unroll 16
    for (int t = 0; t < 16; ++t) {
      __m128i& now = w[t & 3];
      const __m128i sum = _mm_add_epi32(now, _mm_load_si128(constants + t));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
      if (t < 12) {
        const __m128i last = w[(t + 3) & 3];
        const __m128i middle = _mm_alignr_epi8(last, w[(t + 2) & 3], 4);
        const __m128i partial = _mm_sha256msg1_epu32(now, w[(t + 1) & 3]);
        now = _mm_sha256msg2_epu32(_mm_add_epi32(partial, middle), last);
      }
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
  const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(stored, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(stored + 1, _mm_alignr_epi8(dchg, feba, 8));
}

#elif defined(__aarch64__) && defined(__linux__)

bool has_sha_instructions() { return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0; }

/// The instructions do four rounds at a time; w is a ring of the last 16 words.
__attribute__((target("+crypto"))) void compress_fast(uint32_t* state, const std::byte* bytes,
                                                      size_t blocks) {
  uint32x4_t abcd = vld1q_u32(state);
  uint32x4_t efgh = vld1q_u32(state + 4);
  for (; blocks > 0; --blocks, bytes += kBlock) {
    const uint32x4_t abcd_before = abcd;
    const uint32x4_t efgh_before = efgh;
    uint32x4_t w[4];
    for (int i = 0; i < 4; ++i) {
      const auto* words = reinterpret_cast<const uint8_t*>(bytes) + 16 * i;
      w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(words)));
    }
#pragma GCC unroll 16
    for (int t = 0; t < 16; ++t) {
      uint32x4_t& now = w[t & 3];
      const uint32x4_t sum = vaddq_u32(now, vld1q_u32(kConstants.data() + 4 * t));
      const uint32x4_t abcd_now = abcd;
      abcd = vsha256hq_u32(abcd, efgh, sum);
      efgh = vsha256h2q_u32(efgh, abcd_now, sum);
      if (t < 12) {
        const uint32x4_t partial = vsha256su0q_u32(now, w[(t + 1) & 3]);
        now = vsha256su1q_u32(partial, w[(t + 2) & 3], w[(t + 3) & 3]);
      }
    }
    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }
  vst1q_u32(state, abcd);
  vst1q_u32(state + 4, efgh);
}

#else

bool has_sha_instructions() { return false; }
void compress_fast(uint32_t* state, const std::byte* bytes, size_t blocks) {
  compress(state, bytes, blocks);
}

#endif

void take_blocks(uint32_t* state, const std::byte* bytes, size_t blocks) {
  static const bool fast = has_sha_instructions();
  (fast ? compress_fast : compress)(state, bytes, blocks);
}

}  // namespace

void Sha256::add(std::span<const std::byte> bytes) {
  const size_t held = length_ % kBlock;
  length_ += bytes.size();
  if (held > 0) {
    const size_t taken = std::min(kBlock - held, bytes.size());
    std::copy_n(bytes.begin(), taken, rest_.begin() + static_cast<ptrdiff_t>(held));
    if (held + taken < kBlock) return;
    take_blocks(state_.data(), rest_.data(), 1);
    bytes = bytes.subspan(taken);
  }
  const size_t whole = bytes.size() / kBlock;
  if (whole > 0) take_blocks(state_.data(), bytes.data(), whole);
  bytes = bytes.subspan(whole * kBlock);
  std::copy(bytes.begin(), bytes.end(), rest_.begin());
}

void Sha256::add(std::string_view text) { add(std::as_bytes(std::span(text))); }

Digest Sha256::finish() {
  const uint64_t bits = length_ * 8;
  std::array<std::byte, kBlock + 8> padding{std::byte{0x80}};
  const size_t fill = (kBlock * 2 - 8 - length_ % kBlock - 1) % kBlock + 1;
  add(std::span(padding).first(fill));
  std::array<std::byte, 8> length;
  for (size_t i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(bits >> (56 - 8 * i));
  add(length);
  Digest digest;
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

Digest sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

std::string hex(const Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace gatun
