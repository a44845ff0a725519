// Numbers for blocks of queries of a packed batch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "backend/backend.h"

namespace gatun::backend::cpu {

/// Blocks of `block` queries of sequence i, which begins t tokens after the first one, take slots
/// t/block + i and following: at least ⌈length/block⌉ of them lie before those of sequence i+1, so
/// a slot is found by bisection and needs no table.
inline int64_t first_slot(Offsets offsets, size_t sequence, int64_t block) {
  return (offsets[sequence] - offsets[0]) / block + static_cast<int64_t>(sequence);
}

/// The queries of a slot: none in slots that no sequence needs.
struct Queries {
  size_t sequence;
  int64_t tokens;  ///< of the sequence
  int64_t first;
  int64_t count;
};

inline Queries queries_of(Offsets offsets, int64_t slot, int64_t block) {
  size_t low = 0;
  for (size_t high = offsets.size() - 1; high - low > 1;) {
    const size_t middle = (low + high) / 2;
    (first_slot(offsets, middle, block) <= slot ? low : high) = middle;
  }
  const int64_t tokens = offsets[low + 1] - offsets[low];
  const int64_t first = (slot - first_slot(offsets, low, block)) * block;
  return {low, tokens, first, std::clamp<int64_t>(tokens - first, 0, block)};
}

}  // namespace gatun::backend::cpu
