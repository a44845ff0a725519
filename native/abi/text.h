// Text that crosses the border: JSON, and copies into the caller's buffer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "model/utf8.h"

namespace gatun {

/// `text` as a JSON string; controls and malformed bytes become '?'.
inline std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char c : model::one_line(text, SIZE_MAX)) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

/// Copies at most `capacity` bytes of `text`, a final NUL included, and returns its whole length.
inline int64_t copy_out(const std::string& text, char* target, int64_t capacity) {
  const auto length = static_cast<int64_t>(text.size());
  if (capacity > 0) {
    const auto copied = static_cast<size_t>(std::min(length, capacity - 1));
    std::memcpy(target, text.data(), copied);
    target[copied] = '\0';
  }
  return length;
}

}  // namespace gatun
