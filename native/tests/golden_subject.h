// The models of the golden sets, for suites that run over all of them.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

namespace gatun::tests {

struct GoldenSubject {
  std::string set;
  std::string name;
  std::filesystem::path model;
  std::filesystem::path cases;  // empty: none

  /// Of letters, digits and underscores.
  std::string label() const;
};

void PrintTo(const GoldenSubject& subject, std::ostream* out);

/// All of them, by set and name.
std::vector<GoldenSubject> golden_subjects();

/// The instruction-set tier in use.
std::string engine_tier();

}  // namespace gatun::tests
