#include "tests/golden_subject.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/support.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;

/// Where a model's cases are: under its own name, or where the set's manifest says.
fs::path cases_of(const fs::path& set, const std::string& name) {
  if (fs::exists(set / "cases" / name)) return set / "cases" / name;
  if (!fs::exists(set / "manifest.json")) return {};
  const model::Json manifest = read_json(set / "manifest.json");
  const model::Json* entry = manifest.find("models")->find(name);
  const model::Json* cases = entry == nullptr ? nullptr : entry->find("cases");
  return cases == nullptr ? fs::path() : set / cases->text;
}

}  // namespace

std::string GoldenSubject::label() const {
  std::string text = set + "_" + name;
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

void PrintTo(const GoldenSubject& subject, std::ostream* out) { *out << subject.model.string(); }

std::vector<GoldenSubject> golden_subjects() {
  std::vector<GoldenSubject> found;
  int set_number = 0;
  for (const fs::path& set : golden_sets()) {
    const std::string label = set_number++ == 0 ? "own" : "shared";
    for (const auto& entry : fs::directory_iterator(set / "models")) {
      const std::string name = entry.path().filename().string();
      found.push_back({label, name, entry.path(), cases_of(set, name)});
    }
  }
  std::sort(found.begin(), found.end(), [](const GoldenSubject& a, const GoldenSubject& b) {
    return std::tie(a.set, a.name) < std::tie(b.set, b.name);
  });
  return found;
}

std::string engine_tier() {
  gatun_error error;
  char text[512];
  EXPECT_GE(gatun_runtime_describe(text, sizeof(text), &error), 0) << error.message;
  return model::parse_json(text, "runtime").find("isa")->text;
}

}  // namespace gatun::tests
