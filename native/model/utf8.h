// UTF-8 as far as validation and messages need it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatun::model {

/// Bytes of the well-formed code point at the start of `text` (1 … 4), or 0: overlong forms,
/// surrogates and values past U+10FFFF are not well formed (Unicode table 3-7).
inline size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](size_t i, int low = 0x80, int high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  if (text.empty()) return 0;
  const int first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return continues(1) ? 2 : 0;
  if (first < 0xF0) {
    const int low = first == 0xE0 ? 0xA0 : 0x80;
    const int high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first < 0xF5) {
    const int low = first == 0xF0 ? 0x90 : 0x80;
    const int high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

/// `text` as one printable line: controls and malformed bytes become '?', cut at a code point when
/// longer than `length` bytes.
inline std::string one_line(std::string_view text, size_t length) {
  std::string line;
  while (!text.empty()) {
    const size_t n = utf8_length(text);
    const bool control = n == 1 && (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F);
    if (line.size() + (n == 0 ? 1 : n) > length) break;
    if (n == 0 || control) {
      line += '?';
    } else {
      line += text.substr(0, n);
    }
    text.remove_prefix(n == 0 ? 1 : n);
  }
  return line;
}

}  // namespace gatun::model
