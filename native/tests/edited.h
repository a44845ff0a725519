// Golden models with edited files: what tests of configurations are made of.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support.h"

namespace gatun::tests {

namespace fs = std::filesystem;

/// A model of the repository's own golden set.
inline fs::path own(const std::string& name) { return own_golden_set() / "models" / name; }

/// A copy of a golden model whose files are edited.
class Edited {
 public:
  explicit Edited(const std::string& name) : folder_(own(name)) {}

  Edited& edit(const std::string& file, const std::string& from, const std::string& to) {
    const fs::path path = folder_.path() / file;
    write_file(path, replaced(read_file(path), from, to));
    return *this;
  }
  Edited& config(const std::string& from, const std::string& to) {
    return edit("config.json", from, to);
  }
  /// Adds members at the start of config.json.
  Edited& add(const std::string& members) { return first_brace("{" + members + ","); }
  Edited& header(const std::string& file, const std::string& from, const std::string& to) {
    rewrite_header(folder_.path() / file,
                   [&](const std::string& text) { return replaced(text, from, to); });
    return *this;
  }
  const fs::path& path() const { return folder_.path(); }

 private:
  Edited& first_brace(const std::string& start) {
    const fs::path file = folder_.path() / "config.json";
    const std::string text = read_file(file);
    write_file(file, start + text.substr(text.find('{') + 1));
    return *this;
  }

  TemporaryFolder folder_;
};

/// A result of the whole sequence of some token ids, always the same ones.
inline std::vector<float> result_of(const fs::path& folder, int32_t kind, size_t tokens = 200) {
  const ModelHandle model = open_model(folder);
  if (model == nullptr) return {};
  const LaneHandle lane = open_lane(2);
  std::vector<int32_t> ids;
  for (size_t i = 0; i < tokens; ++i) ids.push_back(static_cast<int32_t>(3 + i * 7 % 500));
  PackedBatch batch;
  batch.add(ids);
  const int32_t layer = kind == GATUN_OUTPUT_HIDDEN ? GATUN_LAYER_FINAL : 0;
  return run(lane.get(), model.get(), batch, {{kind, layer}})[0].values;
}

/// Whether the edited model computes what the golden one does.
inline void expect_same(const std::string& name, const Edited& edited, int32_t kind) {
  EXPECT_EQ(result_of(edited.path(), kind), result_of(own(name), kind));
}

inline void expect_refused(const Edited& edited, int32_t code,
                           const std::vector<std::string>& words) {
  gatun_error error;
  EXPECT_EQ(open_model(edited.path(), &error), nullptr);
  EXPECT_EQ(error.code, code) << error.message;
  for (const std::string& word : words) {
    EXPECT_NE(std::string(error.message).find(word), std::string::npos)
        << "no " << word << " in: " << error.message;
  }
}

}  // namespace gatun::tests
