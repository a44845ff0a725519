#include "model/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

void append_utf8(uint32_t code_point, std::string& text) {
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | (code_point >> 6));
    text += static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | (code_point >> 12));
    text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (code_point >> 18));
    text += static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code_point & 0x3F));
  }
}

/// Recursive descent; the depth limit bounds the recursion.
class Parser {
 public:
  Parser(std::string_view document, const std::string& label, const JsonLimits& limits)
      : document_(document), label_(label), limits_(limits) {}

  Json parse() {
    if (static_cast<int64_t>(document_.size()) > limits_.bytes) {
      fail("is larger than " + std::to_string(limits_.bytes) + " bytes");
    }
    skip_space();
    Json value = parse_value(0);
    skip_space();
    if (position_ != document_.size()) fail("text after the end of the value");
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const std::string_view before = document_.substr(0, std::min(position_, document_.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    throw Failure(ErrorCode::kFormat, label_ + ":" + std::to_string(line) + ":" +
                                          std::to_string(before.size() - start + 1) +
                                          ": not valid JSON: " + what);
  }

  bool at_end() const { return position_ >= document_.size(); }
  char peek() const { return at_end() ? '\0' : document_[position_]; }

  void skip_space() {
    while (!at_end() && std::strchr(" \t\r\n", document_[position_]) != nullptr &&
           document_[position_] != '\0') {
      ++position_;
    }
  }

  void expect(char wanted) {
    if (at_end()) fail(std::string("the text ends where '") + wanted + "' is expected");
    if (document_[position_] != wanted) fail(std::string("expected '") + wanted + "'");
    ++position_;
  }

  Json parse_value(int depth) {
    if (depth > limits_.depth) fail("nested deeper than " + std::to_string(limits_.depth));
    if (++values_ > limits_.values) {
      fail("more than " + std::to_string(limits_.values) + " values");
    }
    if (at_end()) fail("the text ends where a value is expected");
    switch (peek()) {
      case '{': return parse_object(depth);
      case '[': return parse_array(depth);
      case '"': {
        Json value;
        value.kind = Json::Kind::kString;
        value.text = parse_string();
        return value;
      }
      case 't':
      case 'f':
      case 'n': return parse_word();
      default: return parse_number();
    }
  }

  Json parse_word() {
    Json value;
    const std::string_view rest = document_.substr(position_);
    if (rest.starts_with("true") || rest.starts_with("false")) {
      value.kind = Json::Kind::kBool;
      value.boolean = rest[0] == 't';
      position_ += value.boolean ? 4 : 5;
    } else if (rest.starts_with("null")) {
      position_ += 4;
    } else {
      fail("unknown word");
    }
    return value;
  }

  bool take_digits() {
    const size_t first = position_;
    while (peek() >= '0' && peek() <= '9') ++position_;
    return position_ > first;
  }

  Json parse_number() {
    const size_t first = position_;
    bool whole = true;
    if (peek() == '-') ++position_;
    if (peek() == '0') {
      ++position_;
    } else if (!take_digits()) {
      fail("expected a value");
    }
    if (peek() == '.') {
      whole = false;
      ++position_;
      if (!take_digits()) fail("a digit is missing after '.'");
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++position_;
      if (peek() == '+' || peek() == '-') ++position_;
      if (!take_digits()) fail("a digit is missing in the exponent");
    }
    Json value;
    value.kind = Json::Kind::kNumber;
    value.text = std::string(document_.substr(first, position_ - first));
    const char* begin = value.text.data();
    const char* end = begin + value.text.size();
    const auto real = std::from_chars(begin, end, value.number);
    if (real.ec != std::errc() || !std::isfinite(value.number)) fail("number out of range");
    if (whole) value.integral = std::from_chars(begin, end, value.integer).ec == std::errc();
    return value;
  }

  uint32_t parse_hex4() {
    uint32_t unit = 0;
    const char* begin = document_.data() + position_;
    if (document_.size() - position_ < 4) fail("the text ends inside a \\u escape");
    const auto result = std::from_chars(begin, begin + 4, unit, 16);
    if (result.ec != std::errc() || result.ptr != begin + 4) fail("expected four hex digits");
    position_ += 4;
    return unit;
  }

  void parse_escape(std::string& text) {
    ++position_;
    const char letter = peek();
    static constexpr char kLetters[] = "\"\\/bfnrt";
    static constexpr char kValues[] = "\"\\/\b\f\n\r\t";
    if (letter != 'u') {
      const char* found = letter == '\0' ? nullptr : std::strchr(kLetters, letter);
      if (found == nullptr) fail("unknown escape");
      text += kValues[found - kLetters];
      ++position_;
      return;
    }
    ++position_;
    uint32_t unit = parse_hex4();
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const bool pair = unit < 0xDC00 && document_.substr(position_).starts_with("\\u");
      if (!pair) fail("lone surrogate");
      position_ += 2;
      const uint32_t low = parse_hex4();
      if (low < 0xDC00 || low > 0xDFFF) fail("lone surrogate");
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(unit, text);
  }

  std::string parse_string() {
    expect('"');
    std::string text;
    for (;;) {
      if (at_end()) fail("the text ends inside a string");
      const char c = document_[position_];
      if (c == '"') break;
      if (c == '\\') {
        parse_escape(text);
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) fail("control character in a string");
      const size_t length = utf8_length(document_.substr(position_, 4));
      if (length == 0) fail("invalid UTF-8");
      text += document_.substr(position_, length);
      position_ += length;
    }
    ++position_;
    return text;
  }

  Json parse_array(int depth) {
    Json value;
    value.kind = Json::Kind::kArray;
    expect('[');
    skip_space();
    if (peek() == ']') {
      ++position_;
      return value;
    }
    for (;;) {
      skip_space();
      value.items.push_back(parse_value(depth + 1));
      skip_space();
      if (peek() == ']') break;
      expect(',');
    }
    ++position_;
    return value;
  }

  Json parse_object(int depth) {
    Json value;
    value.kind = Json::Kind::kObject;
    expect('{');
    skip_space();
    if (peek() == '}') {
      ++position_;
      return value;
    }
    for (;;) {
      skip_space();
      std::string key = parse_string();
      skip_space();
      expect(':');
      skip_space();
      Json member = parse_value(depth + 1);
      value.members.emplace_back(std::move(key), std::move(member));
      skip_space();
      if (peek() == '}') break;
      expect(',');
    }
    ++position_;
    refuse_duplicates(value);
    return value;
  }

  void refuse_duplicates(const Json& object) const {
    std::vector<std::string_view> keys;
    keys.reserve(object.members.size());
    for (const auto& member : object.members) keys.push_back(member.first);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) fail("duplicate key \"" + one_line(*twice, 200) + "\"");
  }

  std::string_view document_;
  const std::string& label_;
  const JsonLimits& limits_;
  size_t position_ = 0;
  int64_t values_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view key) const {
  for (const auto& member : members) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

Json parse_json(std::string_view document, const std::string& label, const JsonLimits& limits) {
  return Parser(document, label, limits).parse();
}

std::string excerpt(const Json& value, size_t length) {
  switch (value.kind) {
    case Json::Kind::kNull: return "null";
    case Json::Kind::kBool: return value.boolean ? "true" : "false";
    case Json::Kind::kNumber: return one_line(value.text, length);
    case Json::Kind::kString: return "\"" + one_line(value.text, length) + "\"";
    case Json::Kind::kArray: return "an array";
    case Json::Kind::kObject: return "an object";
  }
  return "";
}

}  // namespace gatun::model
