#include "model/pattern.h"

#include <algorithm>
#include <utility>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {

namespace {

constexpr size_t kPatternBytes = 4096;
constexpr size_t kInstructionsMax = 1000;
constexpr int kAtomsMax = 4000;  // read, again for every repetition; some write no instruction
constexpr int kLooksMax = 8;
constexpr int kNestingMax = 64;
constexpr int64_t kRepeatsMax = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

/// Recursive descent over the pattern that writes instructions as it goes. A piece that is repeated
/// is written again from its own text, so nothing but the program is kept.
class PatternCompiler {
 public:
  PatternCompiler(std::string_view pattern, const std::string& label, Pattern& out)
      : pattern_(pattern), label_(label), out_(out) {}

  void compile() {
    if (pattern_.size() > kPatternBytes) unsupported("is longer than 4096 bytes");
    alternatives();
    if (at_ < pattern_.size()) malformed("has a ) without its (");
    emit({Pattern::Op::kMatch});
  }

 private:
  using Op = Pattern::Op;
  using Set = Pattern::Set;

  [[noreturn]] void malformed(const char* what) const {
    throw Failure(ErrorCode::kFormat,
                  label_ + ": the expression \"" + one_line(pattern_, 200) + "\" " + what);
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    throw Failure(ErrorCode::kUnsupported, label_ + ": the expression \"" +
                                               one_line(pattern_, 200) + "\" " + what +
                                               ", which is not supported");
  }

  bool more() const { return at_ < pattern_.size(); }
  bool take(std::string_view word) {
    if (pattern_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  char next() {
    if (!more()) malformed("ends too early");
    return pattern_[at_++];
  }

  size_t here() const { return out_.program_.size(); }
  size_t emit(Pattern::Instruction instruction) {
    if (here() >= kInstructionsMax) unsupported("is too large");
    out_.program_.push_back(instruction);
    return here() - 1;
  }
  void emit_set(const Set& set) {
    out_.sets_.push_back(set);
    emit({Op::kSet, out_.sets_.size() - 1});
  }

  /// a|b|c: every alternative but the last behind a split, with a jump to the end.
  void alternatives() {
    if (++nesting_ > kNestingMax) unsupported("nests deeper than 64 parentheses");
    std::vector<size_t> jumps;
    const std::vector<size_t> bars = bars_of_this_level();
    for (size_t i = 0; i <= bars.size(); ++i) {
      const bool last = i == bars.size();
      const size_t split = last ? 0 : emit({Op::kSplit});
      if (!last) out_.program_[split].first = here();
      sequence();
      if (last) break;
      jumps.push_back(emit({Op::kJump}));
      out_.program_[split].second = here();
      at_ = bars[i] + 1;
    }
    for (const size_t jump : jumps) out_.program_[jump].first = here();
    --nesting_;
  }

  /// Where the | of the alternatives that begin here are.
  std::vector<size_t> bars_of_this_level() const {
    std::vector<size_t> bars;
    int depth = 0;
    for (size_t i = at_; i < pattern_.size(); ++i) {
      const char c = pattern_[i];
      if (c == '\\') {
        ++i;
      } else if (c == '[') {
        i = end_of_class(i);
      } else if (c == '(') {
        ++depth;
      } else if (c == ')') {
        if (--depth < 0) break;
      } else if (c == '|' && depth == 0) {
        bars.push_back(i);
      }
    }
    return bars;
  }

  /// Index of the ] that closes the class at `open`; a ] right after [ or [^ is a member.
  size_t end_of_class(size_t open) const {
    size_t i = open + 1;
    if (i < pattern_.size() && pattern_[i] == '^') ++i;
    for (bool first = true; i < pattern_.size(); ++i, first = false) {
      if (pattern_[i] == '\\') {
        ++i;
      } else if (pattern_[i] == ']' && !first) {
        return i;
      }
    }
    malformed("has a [ without its ]");
  }

  void sequence() {
    while (more() && pattern_[at_] != '|' && pattern_[at_] != ')') repeated();
  }

  struct Repeat {
    int64_t least = 1;
    int64_t most = 1;  ///< −1: no bound
  };

  void repeated() {
    const size_t start = at_;
    at_ = end_of_atom();
    const size_t after_atom = at_;
    const Repeat repeat = quantifier();
    const size_t after = at_;
    const auto again = [&] {
      at_ = start;
      atom();
      if (at_ != after_atom) malformed("is not well formed");
    };
    for (int64_t i = 0; i < repeat.least; ++i) again();
    if (repeat.most < 0) {
      const size_t split = emit({Op::kSplit});
      out_.program_[split].first = here();
      again();
      emit({Op::kJump, split});
      out_.program_[split].second = here();
    } else {
      std::vector<size_t> splits;
      for (int64_t i = repeat.least; i < repeat.most; ++i) {
        splits.push_back(emit({Op::kSplit}));
        out_.program_[splits.back()].first = here();
        again();
      }
      for (const size_t split : splits) out_.program_[split].second = here();
    }
    at_ = after;
  }

  /// Where the character, class or group that begins here ends.
  size_t end_of_atom() const {
    const char c = pattern_[at_];
    if (c == '[') return end_of_class(at_) + 1;
    if (c == '\\') return std::min(at_ + 2, pattern_.size());
    if (c != '(') return at_ + 1;
    int depth = 0;
    for (size_t i = at_; i < pattern_.size(); ++i) {
      if (pattern_[i] == '\\') {
        ++i;
      } else if (pattern_[i] == '[') {
        i = end_of_class(i);
      } else if (pattern_[i] == '(') {
        ++depth;
      } else if (pattern_[i] == ')' && --depth == 0) {
        return i + 1;
      }
    }
    malformed("has a ( without its )");
  }

  /// Greedy and lazy forms match the same whole texts.
  Repeat quantifier() {
    Repeat repeat;
    if (take("*")) {
      repeat = {0, -1};
    } else if (take("+")) {
      repeat = {1, -1};
    } else if (take("?")) {
      repeat = {0, 1};
    } else if (!braces(repeat)) {
      return repeat;
    }
    take("?");
    Repeat second;
    if (more() &&
        (pattern_[at_] == '*' || pattern_[at_] == '+' || pattern_[at_] == '?' || braces(second))) {
      unsupported("repeats a repetition");
    }
    return repeat;
  }

  /// {m}, {m,}, {,n} or {m,n}; any other { is a character.
  bool braces(Repeat& repeat) {
    const size_t start = at_;
    if (!take("{")) return false;
    const bool has_least = more() && is_digit(pattern_[at_]);
    const int64_t least = number();
    const bool comma = take(",");
    const bool has_most = more() && is_digit(pattern_[at_]);
    const int64_t most = number();
    if (!take("}") || (!has_least && !(comma && has_most))) {
      at_ = start;
      return false;
    }
    repeat = {least, !comma ? least : has_most ? most : -1};
    if (repeat.most >= 0 && repeat.most < repeat.least) malformed("has a {m,n} with n below m");
    return true;
  }

  int64_t number() {
    int64_t value = 0;
    while (more() && is_digit(pattern_[at_])) {
      value = value * 10 + (pattern_[at_++] - '0');
      if (value > kRepeatsMax) unsupported("repeats something more than 100 times");
    }
    return value;
  }

  void atom() {
    if (++atoms_ > kAtomsMax) unsupported("is too large");
    const char c = next();
    switch (c) {
      case '(': group(); return;
      case '[': character_class(); return;
      case '.': emit_set(Set().set().reset('\n')); return;
      case '^': emit({Op::kBegin}); return;
      case '$': emit({Op::kEnd}); return;
      case '*':
      case '+':
      case '?': malformed("repeats nothing");
      case '\\': escape(); return;
      default: emit_set(Set().set(static_cast<unsigned char>(c)));
    }
  }

  void escape() {
    const char c = next();
    if (c == 'A' || c == 'Z') {
      emit({c == 'A' ? Op::kBegin : Op::kEnd});
    } else {
      emit_set(escaped(c));
    }
  }

  /// What \c stands for inside and outside of classes.
  Set escaped(char c) const {
    Set set;
    const char lower = is_letter(c) ? static_cast<char>(c | 0x20) : c;
    if (lower == 'd' || lower == 'w' || lower == 's') {
      for (int i = 0; i < 256; ++i) {
        const char x = static_cast<char>(i);
        const bool space = x == ' ' || (x >= '\t' && x <= '\r');
        const bool word = is_digit(x) || is_letter(x) || x == '_';
        set[static_cast<size_t>(i)] = lower == 'd' ? is_digit(x) : lower == 'w' ? word : space;
      }
      return c == lower ? set : ~set;
    }
    if (is_letter(c) || is_digit(c)) unsupported(std::string("uses \\") + c);
    return set.set(static_cast<unsigned char>(c));
  }

  void group() {
    if (take("?=") || take("?!")) {
      const bool negative = pattern_[at_ - 1] == '!';
      if (++looks_ > kLooksMax) unsupported("looks ahead too often");
      const size_t look = emit({negative ? Op::kNotAhead : Op::kAhead});
      alternatives();
      emit({Op::kMatch});
      out_.program_[look].first = here();
    } else {
      if (take("?P<")) {
        while (next() != '>') {
        }
      } else if (!take("?:") && more() && pattern_[at_] == '?') {
        unsupported("uses (" + std::string(pattern_.substr(at_, 3)));
      }
      alternatives();
    }
    if (!take(")")) malformed("has a ( without its )");
  }

  void character_class() {
    const size_t end = end_of_class(at_ - 1);
    const bool negated = take("^");
    Set set;
    while (at_ < end) {
      const Set from = member();
      if (at_ + 1 < end && pattern_[at_] == '-') {
        ++at_;
        add_range(from, member(), set);
      } else {
        set |= from;
      }
    }
    at_ = end + 1;
    emit_set(negated ? ~set : set);
  }

  Set member() {
    const char c = next();
    return c == '\\' ? escaped(next()) : Set().set(static_cast<unsigned char>(c));
  }

  void add_range(const Set& from, const Set& to, Set& set) const {
    if (from.count() != 1 || to.count() != 1) malformed("has a range without two ends");
    const size_t first = only_member(from);
    const size_t last = only_member(to);
    if (last < first) malformed("has a range that ends before it begins");
    for (size_t i = first; i <= last; ++i) set.set(i);
  }

  static size_t only_member(const Set& set) {
    size_t i = 0;
    while (!set.test(i)) ++i;
    return i;
  }

  const std::string_view pattern_;
  const std::string& label_;
  Pattern& out_;
  size_t at_ = 0;
  int nesting_ = 0;
  int atoms_ = 0;
  int looks_ = 0;
};

Pattern::Pattern(std::string_view pattern, const std::string& label) {
  PatternCompiler(pattern, label, *this).compile();
}

bool Pattern::matches(std::string_view text) const {
  Known known(program_.size() * (text.size() + 1), Answer::kUnknown);
  return run(0, text, 0, true, known);
}

/// Depth-first search over (instruction, position), each visited once; what a look-ahead found at a
/// position is known from then on.
bool Pattern::run(size_t start, std::string_view text, size_t at, bool whole, Known& known) const {
  const size_t width = text.size() + 1;
  std::vector<bool> seen(program_.size() * width);
  std::vector<std::pair<size_t, size_t>> open = {{start, at}};
  while (!open.empty()) {
    const auto [instruction, position] = open.back();
    open.pop_back();
    const size_t state = instruction * width + position;
    if (seen[state]) continue;
    seen[state] = true;
    const Instruction& i = program_[instruction];
    switch (i.op) {
      case Op::kMatch:
        if (!whole || position == text.size()) return true;
        break;
      case Op::kSet:
        if (position < text.size() && sets_[i.first][static_cast<unsigned char>(text[position])]) {
          open.emplace_back(instruction + 1, position + 1);
        }
        break;
      case Op::kSplit:
        open.emplace_back(i.second, position);
        open.emplace_back(i.first, position);
        break;
      case Op::kJump: open.emplace_back(i.first, position); break;
      case Op::kBegin:
        if (position == 0) open.emplace_back(instruction + 1, position);
        break;
      case Op::kEnd:
        if (position == text.size()) open.emplace_back(instruction + 1, position);
        break;
      case Op::kAhead:
      case Op::kNotAhead:
        if (known[state] == Answer::kUnknown) {
          const bool found = run(instruction + 1, text, position, false, known);
          known[state] = found ? Answer::kFound : Answer::kNotFound;
        }
        if ((known[state] == Answer::kFound) == (i.op == Op::kAhead)) {
          open.emplace_back(i.first, position);
        }
        break;
    }
  }
  return false;
}

}  // namespace gatun::model
