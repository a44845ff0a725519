// Regular expressions that configuration files bring, in the syntax of Python's re module.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatun::model {

/// Compiled pattern. Untrusted patterns are welcome: size and nesting are bounded, and matching
/// takes at most (instructions × bytes) steps per look-ahead, whatever the pattern.
///
/// Supported: literals, `.`, escapes of punctuation, \d \w \s \D \W \S, [classes], ( ), (?: ),
/// (?P<name> ), look-ahead (?= ) (?! ), |, * + ? {m} {m,} {m,n} and their lazy forms, ^ $ \A \Z.
/// Back-references, look-behind, flags and word borders are not.
class Pattern {
 public:
  /// Throws Failure (ErrorCode::kUnsupported or kFormat) that starts with `label`.
  Pattern(std::string_view pattern, const std::string& label);

  /// Whether the pattern matches all of `text`, as re.fullmatch does.
  bool matches(std::string_view text) const;

 private:
  friend class PatternCompiler;

  enum class Op { kSet, kSplit, kJump, kBegin, kEnd, kAhead, kNotAhead, kMatch };
  /// kSet: `first` is an index into sets_. kSplit: goes on at `first` or `second`. kJump: goes on
  /// at `first`. kAhead, kNotAhead: what follows, up to its kMatch, is looked for without reading
  /// on; then on at `first`.
  struct Instruction {
    Op op;
    size_t first = 0;
    size_t second = 0;
  };
  using Set = std::bitset<256>;

  enum class Answer : unsigned char { kUnknown, kFound, kNotFound };
  using Known = std::vector<Answer>;

  bool run(size_t start, std::string_view text, size_t at, bool whole, Known& known) const;

  std::vector<Instruction> program_;
  std::vector<Set> sets_;
};

}  // namespace gatun::model
