// A checksum that shows bytes which a disk or memory has changed, at the speed of memory on every
// processor. It proves nothing about who changed them: for that there is SHA-256.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gatun {

/// XXH64 with seed 0 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
uint64_t checksum(std::span<const std::byte> bytes);

}  // namespace gatun
