// Ranges of rows, and rows that are moved.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include "backend/backend.h"

namespace gatun::encoder {

/// The rows that are in both.
inline backend::Rows common(backend::Rows a, backend::Rows b) {
  const int64_t first = std::max(a.first, b.first);
  const int64_t end = std::min(a.first + a.count, b.first + b.count);
  return {first, std::max<int64_t>(end - first, 0)};
}

/// Row first + i becomes what row origin[i] was, for every i in turn: `width` elements of rows that
/// begin `stride` elements apart. The origins rise and none lies before its place, so that nothing
/// is read after it was written over.
template <class Element>
void keep_rows(Element* rows, int64_t stride, int64_t width, std::span<const int32_t> origin,
               int64_t first = 0) {
  Element* to = rows + first * stride;
  for (const int32_t row : origin) {
    const Element* from = rows + row * stride;
    if (from != to) std::memcpy(to, from, static_cast<size_t>(width) * sizeof(Element));
    to += stride;
  }
}

}  // namespace gatun::encoder
