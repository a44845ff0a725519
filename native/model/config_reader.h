// Typed access to the keys of one configuration file. Every mismatch is a Failure that names file,
// key, value found and what was expected.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"
#include "model/json.h"

namespace gatun::model {

/// A word of a configuration and what it means.
template <class T>
struct Word {
  std::string_view text;
  T value;
};

/// View of one JSON object; `name` says where it is: "config.json" or "config.json: rope_scaling".
class ConfigReader {
 public:
  /// Throws Failure when `object` is not a JSON object.
  ConfigReader(const Json& object, std::string name);

  const std::string& name() const { return name_; }

  /// The member, or null when it is absent or null: configurations use both for "default".
  const Json* find(std::string_view key) const;
  /// True when the key is there, null or not.
  bool has(std::string_view key) const;

  int64_t integer(std::string_view key, int64_t low, int64_t high) const;
  int64_t integer(std::string_view key, int64_t low, int64_t high, int64_t absent) const;
  std::optional<int64_t> integer_if_present(std::string_view key, int64_t low, int64_t high) const;
  /// A finite number in the closed range.
  double real(std::string_view key, double low, double high, double absent) const;
  std::optional<double> real_if_present(std::string_view key, double low, double high) const;
  bool boolean(std::string_view key, bool absent) const;
  std::string text(std::string_view key, std::string_view absent) const;
  const Json* array(std::string_view key) const;

  /// Meaning of a word; an unknown one is ErrorCode::kUnsupported and the message lists the known.
  template <class T>
  T word(std::string_view key, std::string_view absent, std::span<const Word<T>> known) const {
    return meaning(key, text(key, absent), known);
  }
  template <class T>
  T word_of(std::string_view key, const Json& value, std::span<const Word<T>> known) const {
    return meaning(key, text_of(key, value), known);
  }

  Activation activation(std::string_view key, std::string_view absent) const;

  /// ErrorCode::kFormat, ErrorCode::kUnsupported: "<name>: <key>: <what>".
  [[noreturn]] void fail(std::string_view key, const std::string& what) const;
  [[noreturn]] void unsupported(std::string_view key, const std::string& what) const;

 private:
  template <class T>
  T meaning(std::string_view key, const std::string& found, std::span<const Word<T>> known) const {
    std::string expected;
    for (const Word<T>& word : known) {
      if (word.text == found) return word.value;
      expected += expected.empty() ? "" : ", ";
      expected += word.text;
    }
    unsupported(key, "\"" + found + "\" is not supported; expected one of " + expected);
  }

  const Json& required(std::string_view key) const;
  int64_t integer_of(std::string_view key, const Json& value, int64_t low, int64_t high) const;
  std::string text_of(std::string_view key, const Json& value) const;
  double real_of(std::string_view key, const Json& value, double low, double high) const;

  const Json& object_;
  std::string name_;
};

}  // namespace gatun::model
