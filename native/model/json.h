// Strict, bounded JSON (RFC 8259) for configuration files and safetensors headers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatun::model {

/// One JSON value. A tree of these owns all of its text.
struct Json {
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  bool integral = false;  ///< the number has no fraction or exponent and fits `integer`
  int64_t integer = 0;    ///< valid when `integral`
  double number = 0;      ///< valid for every number
  std::string text;       ///< string: its value; number: as written in the file
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> members;

  bool is(Kind k) const { return kind == k; }
  /// Member of an object, or null.
  const Json* find(std::string_view key) const;
};

/// Bounds of one document.
struct JsonLimits {
  int64_t bytes = int64_t{16} << 20;
  int64_t values = 300'000;
  int depth = 64;
};

/// Parses one document. Throws Failure (ErrorCode::kFormat) that starts with `label` and gives line
/// and column for anything that is not exactly one JSON value in valid UTF-8: duplicate keys, NaN,
/// comments, trailing commas, lone surrogates, trailing text and documents past the limits
/// included.
Json parse_json(std::string_view document, const std::string& label,
                const JsonLimits& limits = JsonLimits());

/// Short form of a value for messages: at most `length` bytes.
std::string excerpt(const Json& value, size_t length = 80);

}  // namespace gatun::model
