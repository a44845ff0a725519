// Expressions of adapter configurations, as Python's re.fullmatch takes them.
#include "model/pattern.h"

#include <gtest/gtest.h>

#include <chrono>

#include "runtime/failure.h"

namespace gatun::model {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
  return Pattern(pattern, "t").matches(text);
}

TEST(Pattern, MatchesWhatPythonMatches) {
  const struct {
    const char* pattern;
    const char* text;
    bool expected;
  } cases[] = {
      {".*\\.(attn\\.Wqkv|mlp\\.Wi|mlp\\.Wo)", "model.layers.0.attn.Wqkv", true},
      {".*\\.(attn\\.Wqkv|mlp\\.Wi|mlp\\.Wo)", "model.layers.0.attn.Wo", false},
      {"layers.0.attn.Wqkv", "layersx0xattn.Wqkv", true},
      {"", "", true},
      {"", "a", false},
      {"a|b|", "b", true},
      {"a|b|", "", true},
      {"(a|b)c", "bc", true},
      {"(?:a|(b|c))*d", "abcabd", true},
      {"(?P<name>a)b", "ab", true},
      {"a{2}", "aa", true},
      {"a{2}", "aaa", false},
      {"a{2,}", "aaaa", true},
      {"a{,2}", "aa", true},
      {"a{1,3}?b", "aaab", true},
      {"a{1,3}b", "aaaab", false},
      {"a{x", "a{x", true},
      {"a+?", "aaa", true},
      {"ab?c", "ac", true},
      {"(a*)*b", "aaab", true},
      {"(a*)+", "", true},
      {"[a-c]+", "abcabc", true},
      {"[^a-c]+", "abc", false},
      {"[]a]+", "a]", true},
      {"[^]a]", "b", true},
      {"[a\\-c]+", "a-c", true},
      {"[-a]+", "-a", true},
      {"[\\d.]+", "1.2", true},
      {"\\d\\D\\w\\W\\s\\S", "1a_- x", true},
      {"^a$", "a", true},
      {"(^a|b)c", "ac", true},
      {"a^b", "ab", false},
      {"\\Aa\\Z", "a", true},
      {".", "\n", false},
      {"(?!.*head).*dense", "pooler.dense", true},
      {"(?!.*head).*dense", "head.dense", false},
      {"(?=a)(?!ab)a.*", "acb", true},
      {"(?=a)(?!ab)a.*", "abc", false},
      {"layers\\.(1[0-9]|2[01])\\..*", "layers.21.mlp", true},
      {"layers\\.(1[0-9]|2[01])\\..*", "layers.22.mlp", false},
      {"(a|b|)(c|)d", "d", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(matches(c.pattern, c.text), c.expected) << c.pattern << " on " << c.text;
  }
}

ErrorCode refusal(const std::string& pattern) {
  try {
    const Pattern compiled(pattern, "adapter_config.json: target_modules");
  } catch (const Failure& failure) {
    EXPECT_TRUE(failure.message().starts_with("adapter_config.json: target_modules: "));
    return failure.code();
  }
  ADD_FAILURE() << pattern << " was not refused";
  return ErrorCode::kInternal;
}

TEST(Pattern, RefusesWhatItDoesNotUnderstand) {
  for (const char* pattern : {"(", ")", "(a", "a)", "[a", "[", "*", "a|*", "a\\", "[b-a]", "(?P<a",
                              "a{3,2}", "[\\w-z]"}) {
    EXPECT_EQ(refusal(pattern), ErrorCode::kFormat) << pattern;
  }
  for (const char* pattern : {"\\1", "(?<=a)b", "(?i)a", "\\bword", "a**", "a{2}{3}", "a{101}",
                              "(?>a)", "(?(1)a)", "\\x41"}) {
    EXPECT_EQ(refusal(pattern), ErrorCode::kUnsupported) << pattern;
  }
}

TEST(Pattern, IsBoundedInSizeAndSteps) {
  std::string nested = "a";
  for (int i = 0; i < 60; ++i) nested = "(" + nested + ")?";
  EXPECT_TRUE(matches(nested, "a"));
  std::string repeated = "a";
  for (int i = 0; i < 30; ++i) repeated = "(" + repeated + "){100}";
  EXPECT_EQ(refusal(repeated), ErrorCode::kUnsupported);
  std::string empty = "()";
  for (int i = 0; i < 30; ++i) empty = "(" + empty + "){100}";
  EXPECT_EQ(refusal(empty), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal(std::string(100, '(') + std::string(100, ')')), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal(std::string(5000, 'a')), ErrorCode::kUnsupported);
  // Exponential for a matcher that backtracks.
  EXPECT_FALSE(matches("(a*)*(a*)*(a|a)*(a+a+)+b", std::string(2000, 'a')));
  EXPECT_FALSE(matches("(?=(?=(?=.*.*).*a).*a).*b", std::string(1000, 'a')));
}

}  // namespace
}  // namespace gatun::model
