// SHA-256 (FIPS 180-4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatun {

using Digest = std::array<uint8_t, 32>;

/// Takes bytes piece by piece. Uses the processor's SHA instructions where there are any.
class Sha256 {
 public:
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text);
  /// The digest of everything added; call once.
  Digest finish();

 private:
  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> rest_{};
  uint64_t length_ = 0;
};

Digest sha256(std::span<const std::byte> bytes);
Digest sha256(std::string_view text);

/// 64 lower-case hexadecimal digits.
std::string hex(const Digest& digest);

}  // namespace gatun
