// Models through the cache of packed weights, by the C interface.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <thread>

#include "runtime/checksum.h"
#include "tests/support.h"
#include "weights/weight_file.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;

class Cache : public testing::Test {
 protected:
  explicit Cache(int32_t precision = GATUN_PRECISION_FP32) : precision_(precision) {}

  fs::path cache() const { return folder_.path() / "cache"; }
  fs::path model() const { return folder_.path() / "model"; }

  void SetUp() override {
    fs::copy(own_golden_set() / "models/modernbert-options", model(), fs::copy_options::recursive);
    gatun_error error;
    expected_ = outputs(open_cached(model(), {}, &error, precision_).get());
  }

  static std::vector<float> outputs(const gatun_model* model) {
    if (model == nullptr) return {};
    PackedBatch batch;
    batch.add({1, 5, 9, 3, 7});
    batch.add({2, 4});
    return run(open_lane(1).get(), model, batch, {{GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}})[0]
        .values;
  }

  /// Opens through the cache, checks that the model is the right one, and returns its origin.
  model::Json open(const fs::path& cache) const {
    gatun_error error;
    const ModelHandle opened = open_cached(model(), cache, &error, precision_);
    EXPECT_NE(opened, nullptr) << error.message;
    if (opened == nullptr) return {};
    EXPECT_EQ(outputs(opened.get()), expected_);
    return origin(opened.get());
  }
  std::string state(const fs::path& cache) const { return open(cache).find("cache")->text; }
  std::string state() const { return state(cache()); }

  /// The one file of weights.
  fs::path file() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(cache())) {
      if (entry.path().extension() == ".weights") found = entry.path();
    }
    return found;
  }

  /// Opens and expects one warning that holds `words`.
  void expect_warning(const fs::path& cache, const std::string& expected_state,
                      const std::string& words) const {
    const model::Json found = open(cache);
    EXPECT_EQ(found.find("cache")->text, expected_state);
    ASSERT_EQ(found.find("warnings")->items.size(), 1U);
    const std::string warning = found.find("warnings")->items[0].text;
    EXPECT_NE(warning.find(words), std::string::npos) << warning;
  }

  /// Makes the file anew with other sections; checksums will be right.
  void edit(const std::function<void(std::vector<weights::Section>&)>& change) const {
    const std::string whole = read_file(file());
    weights::WeightFile head = weights::decode_head(std::as_bytes(std::span(whole)));
    const std::string payload = whole.substr(static_cast<size_t>(head.payload));
    change(head.sections);
    write_file(file(), weights::encode_head(head.key, head.description, head.sections,
                                            static_cast<int64_t>(payload.size())) +
                           payload);
  }

  const int32_t precision_;
  TemporaryFolder folder_;
  std::vector<float> expected_;
};

/// Of a model whose layers are held in several forms.
class CacheOfInt8 : public Cache {
 protected:
  CacheOfInt8() : Cache(GATUN_PRECISION_INT8) {}

  static weights::Section& find(std::vector<weights::Section>& sections, const char* ending) {
    return *std::find_if(sections.begin(), sections.end(),
                         [&](const auto& s) { return s.name.ends_with(ending); });
  }
};

TEST_F(Cache, TheSecondOpenMapsWhatTheFirstWrote) {
  const model::Json first = open(cache());
  EXPECT_EQ(first.find("cache")->text, "written");
  EXPECT_EQ(first.find("digests")->members[0].second.text.size(), 64U);
  EXPECT_EQ(first.find("warnings")->items.size(), 0U);
  EXPECT_EQ(open(cache()).find("file")->text, file().string());
  EXPECT_EQ(state(), "mapped");
  gatun_error error;
  const gatun_model_info mapped = describe(open_cached(model(), cache(), &error).get());
  const gatun_model_info own = describe(open_model(model()).get());
  EXPECT_EQ(mapped.parameters, own.parameters);
  EXPECT_EQ(mapped.labels, own.labels);
  EXPECT_EQ(mapped.mapped_bytes, static_cast<int64_t>(fs::file_size(file())));
  EXPECT_LT(mapped.resident_bytes, own.resident_bytes);
}

TEST_F(Cache, EveryGoldenModelIsTheSameThroughIt) {
  for (const auto& entry : fs::directory_iterator(own_golden_set() / "models")) {
    const std::vector<float> own = outputs(open_model(entry.path()).get());
    for (int i = 0; i < 2; ++i) {
      gatun_error error;
      EXPECT_EQ(outputs(open_cached(entry.path(), cache(), &error).get()), own) << entry.path();
    }
  }
}

TEST_F(Cache, ADamagedHeadIsReplacedWithAWarning) {
  ASSERT_EQ(state(), "written");
  const std::string whole = read_file(file());
  for (const size_t at : {0, 8, 12, 16, 24, 32, 40, 72, 104, 136, 160, 500}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write_file(file(), damaged);
    expect_warning(cache(), "written", file().filename().string());
    EXPECT_EQ(state(), "mapped");
  }
  for (const size_t length : {size_t{0}, size_t{1}, size_t{135}, size_t{136}, size_t{4096},
                              whole.size() / 2, whole.size() - 1}) {
    write_file(file(), whole.substr(0, length));
    expect_warning(cache(), "written", "made anew");
    EXPECT_EQ(state(), "mapped");
  }
}

/// Checksums are right, but the sections are not those of the configuration.
TEST_F(Cache, AFileMadeOnPurposeIsReplaced) {
  ASSERT_EQ(state(), "written");
  const std::vector<std::function<void(std::vector<weights::Section>&)>> edits = {
      [](auto& all) { all.clear(); },
      [](auto& all) { all.pop_back(); },
      [](auto& all) { all.front().name = "other"; },
      [](auto& all) { all.front().rows += 1; },
      [](auto& all) { all.front().columns -= 1; },
      [](auto& all) { all.front().type = 9; },
      [](auto& all) { all.front().bytes -= 64; },
      [](auto& all) { all.front().kind = weights::Kind::kLinear; },
      [](auto& all) { all.back().type = 7; },
      [](auto& all) { all.back().bias = !all.back().bias; },
      [](auto& all) { all.back().rows = 3; },
  };
  for (const auto& change : edits) {
    edit(change);
    expect_warning(cache(), "written", "made anew");
    EXPECT_EQ(state(), "mapped");
  }
}

/// Layers of one size may be packed in several ways: whoever maps one has to mean the same.
TEST_F(CacheOfInt8, ALayerInAnotherFormIsReplaced) {
  ASSERT_EQ(state(), "written");
  ASSERT_EQ(state(), "mapped");
  const std::vector<std::function<void(std::vector<weights::Section>&)>> edits = {
      [](auto& all) { find(all, "mlp.Wi").smoothed = false; },
      [](auto& all) { find(all, "mlp.Wi").keeps = true; },
      [](auto& all) { find(all, "mlp.Wo").smoothed = true; },
      [](auto& all) { find(all, "mlp.Wo").keeps = false; },
      [](auto& all) { find(all, "attn.Wqkv").pairs_end /= 2; },
      [](auto& all) { find(all, "attn.Wqkv").pairs_group *= 2; },
      [](auto& all) { find(all, "mlp.Wi").pairs_end = find(all, "mlp.Wi").pairs_group = 0; },
  };
  for (const auto& change : edits) {
    edit(change);
    expect_warning(cache(), "written", "is not what config.json says");
    EXPECT_EQ(state(), "mapped");
  }
}

/// A disk returns other bytes than were written.
TEST_F(Cache, OneFlippedBitOfAWeightIsNoticed) {
  ASSERT_EQ(state(), "written");
  const std::string whole = read_file(file());
  const weights::WeightFile head = weights::decode_head(std::as_bytes(std::span(whole)));
  for (const weights::Section& section : head.sections) {
    std::string damaged = whole;
    const auto at = static_cast<size_t>(head.payload + section.offset + section.bytes / 2);
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    write_file(file(), damaged);
    expect_warning(cache(), "written", section.name + " in it is damaged; the file is made anew");
    EXPECT_EQ(read_file(file()), whole);
  }
  EXPECT_EQ(state(), "mapped");
}

/// Bytes made on purpose, with their checksum: numbers are wrong, memory stays whole.
TEST_F(CacheOfInt8, DamagedBytesOfALayerReadNothingElse) {
  ASSERT_EQ(state(), "written");
  const std::string whole = read_file(file());
  weights::WeightFile head = weights::decode_head(std::as_bytes(std::span(whole)));
  weights::Section& keeping = find(head.sections, "mlp.Wo");
  const auto fill = [&](int32_t word) {
    std::string damaged = whole;
    for (int64_t at = 0; at < keeping.bytes; at += 4) {
      std::memcpy(damaged.data() + head.payload + keeping.offset + at, &word, sizeof word);
    }
    const std::string payload = damaged.substr(static_cast<size_t>(head.payload));
    keeping.checksum = checksum(
        std::as_bytes(std::span(payload))
            .subspan(static_cast<size_t>(keeping.offset), static_cast<size_t>(keeping.bytes)));
    write_file(file(), weights::encode_head(head.key, head.description, head.sections,
                                            static_cast<int64_t>(payload.size())) +
                           payload);
  };
  for (const int32_t word : {-1, INT32_MIN, INT32_MAX, 9}) {
    fill(word);
    expect_warning(cache(), "written", "keeps");
    EXPECT_EQ(state(), "mapped");
  }
  for (const int32_t word : {0, 3, 8}) {
    fill(word);
    gatun_error error;
    const ModelHandle opened = open_cached(model(), cache(), &error, precision_);
    EXPECT_EQ(origin(opened.get()).find("cache")->text, "mapped") << word;
    EXPECT_EQ(outputs(opened.get()).size(), expected_.size());
  }
}

TEST_F(Cache, ChangedWeightsAreAnotherModel) {
  ASSERT_EQ(state(), "written");
  const std::string weights = read_file(model() / "model.safetensors");
  std::string other = weights;
  other[other.size() - 3] = static_cast<char>(other[other.size() - 3] ^ 0x10);
  const auto time = fs::last_write_time(model() / "model.safetensors");
  write_file(model() / "model.safetensors", other);
  fs::last_write_time(model() / "model.safetensors", time);
  gatun_error error;
  EXPECT_EQ(origin(open_cached(model(), cache(), &error).get()).find("cache")->text, "written");
  write_file(model() / "model.safetensors", weights);
  EXPECT_EQ(state(), "mapped");
}

TEST_F(Cache, ABadFolderIsRefusedAsWithoutOne) {
  ASSERT_EQ(state(), "written");
  write_file(model() / "model.safetensors", "nonsense");
  gatun_error error;
  EXPECT_EQ(open_cached(model(), cache(), &error), nullptr);
  EXPECT_EQ(error.code, GATUN_ERROR_FORMAT);
  fs::remove(model() / "model.safetensors");
  EXPECT_EQ(open_cached(model(), cache(), &error), nullptr);
  EXPECT_EQ(error.code, GATUN_ERROR_IO);
  fs::remove(model() / "config.json");
  EXPECT_EQ(open_cached(model(), cache(), &error), nullptr);
  EXPECT_EQ(error.code, GATUN_ERROR_IO);
  EXPECT_EQ(open_cached(own_golden_set() / "errors/nan-weight", cache(), &error), nullptr);
  EXPECT_EQ(error.code, GATUN_ERROR_FORMAT);
}

TEST_F(Cache, ADirectoryThatCannotBeUsedIsAWarning) {
  expect_warning("/proc/none/cache", "unused", "/proc/none/cache");
  write_file(folder_.path() / "file", "");
  expect_warning(folder_.path() / "file", "unused", "cannot be opened");
  fs::create_directory(folder_.path() / "open");
  ASSERT_EQ(::chmod((folder_.path() / "open").c_str(), 0777), 0);
  expect_warning(folder_.path() / "open", "unused", "other users");
  if (::geteuid() == 0) return;  // root may write anywhere
  fs::create_directory(folder_.path() / "closed");
  ASSERT_EQ(::chmod((folder_.path() / "closed").c_str(), 0500), 0);
  expect_warning(folder_.path() / "closed", "unused", "cannot be written to");
}

TEST_F(Cache, AFileThatOthersMayChangeIsNotMapped) {
  ASSERT_EQ(state(), "written");
  ASSERT_EQ(::chmod(file().c_str(), 0666), 0);
  expect_warning(cache(), "written", "other users");
  EXPECT_EQ(state(), "mapped");
}

/// A limit on the size of files fails where a full disk does.
TEST_F(Cache, AFullDiskIsAWarning) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  expect_warning(cache(), "unused", "no room");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(state(), "written");
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(cache())) {
    files += entry.path().extension() == ".draft" ? 1 : 0;
  }
  EXPECT_EQ(files, 0U);
}

TEST_F(Cache, AModelLargerThanTheCacheIsNotKept) {
  const std::string name = model().string();
  const std::string directory = cache().string();
  gatun_model_options options{};
  options.cache_directory = directory.data();
  options.cache_directory_length = static_cast<int64_t>(directory.size());
  options.cache_bytes_max = 1000;
  gatun_error error;
  const ModelHandle opened(gatun_model_open(name.data(), static_cast<int64_t>(name.size()),
                                            &options, sizeof(options), &error));
  ASSERT_NE(opened, nullptr) << error.message;
  EXPECT_EQ(origin(opened.get()).find("cache")->text, "unused");
  EXPECT_TRUE(file().empty());
}

TEST_F(Cache, ManyProcessesMayStartAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      gatun_error error;
      const ModelHandle opened = open_cached(model(), cache(), &error);
      ::_exit(opened != nullptr && outputs(opened.get()) == expected_ ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(state(), "mapped");
}

TEST_F(Cache, ManyThreadsMayStartAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::vector<float>> results(6);
  for (std::vector<float>& result : results) {
    threads.emplace_back([this, &result] {
      gatun_error error;
      result = outputs(open_cached(model(), cache(), &error).get());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& result : results) EXPECT_EQ(result, expected_);
}

TEST_F(Cache, IsDescribedVerifiedAndCleared) {
  ASSERT_EQ(state(), "written");
  const std::string directory = cache().string();
  const auto length = static_cast<int64_t>(directory.size());
  gatun_error error;
  std::string text(1 << 16, '\0');
  const auto list = [&](int32_t verify) {
    const int64_t bytes =
        gatun_cache_describe(directory.data(), length, verify, text.data(), 1 << 16, &error);
    return model::parse_json(text.substr(0, static_cast<size_t>(bytes)), "list");
  };
  const model::Json entry = list(1).items.at(0);
  EXPECT_EQ(entry.find("file")->text, file().string());
  EXPECT_EQ(entry.find("model")->text, fs::canonical(model()).string());
  EXPECT_EQ(entry.find("precision")->text, "fp32");
  EXPECT_EQ(entry.find("problem"), nullptr);
  std::string bytes = read_file(file());
  bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
  write_file(file(), bytes);
  EXPECT_EQ(list(0).items.at(0).find("problem"), nullptr);
  EXPECT_NE(list(1).items.at(0).find("problem"), nullptr);
  EXPECT_EQ(gatun_cache_clear(directory.data(), length, &error),
            static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(list(0).items.size(), 0U);
  EXPECT_EQ(gatun_cache_clear(nullptr, 0, &error), -1);
  EXPECT_EQ(error.code, GATUN_ERROR_ARGUMENT);
  EXPECT_EQ(gatun_cache_describe(directory.data(), length, 0, nullptr, 5, &error), -1);
}

TEST_F(Cache, ProgressReachesItsEnd) {
  const std::string name = model().string();
  const std::string directory = cache().string();
  int64_t progress[2] = {0, 0};
  gatun_model_options options{};
  options.cache_directory = directory.data();
  options.cache_directory_length = static_cast<int64_t>(directory.size());
  options.progress = progress;
  gatun_error error;
  const ModelHandle opened(gatun_model_open(name.data(), static_cast<int64_t>(name.size()),
                                            &options, sizeof(options), &error));
  ASSERT_NE(opened, nullptr) << error.message;
  EXPECT_GT(progress[0], 0);
  EXPECT_EQ(progress[0], progress[1]);
}

TEST_F(Cache, OptionsAreChecked) {
  const std::string name = model().string();
  gatun_error error;
  const auto refused = [&](const gatun_model_options& options, int64_t bytes) {
    const ModelHandle opened(
        gatun_model_open(name.data(), static_cast<int64_t>(name.size()), &options, bytes, &error));
    return opened == nullptr && error.code == GATUN_ERROR_ARGUMENT;
  };
  constexpr auto kBytes = static_cast<int64_t>(sizeof(gatun_model_options));
  gatun_model_options options{};
  EXPECT_TRUE(refused(options, kBytes - 1));
  options.precision = 99;
  EXPECT_TRUE(refused(options, kBytes));
  options = {};
  options.threads = -1;
  EXPECT_TRUE(refused(options, kBytes));
  options = {};
  options.cache_directory_length = 5;
  EXPECT_TRUE(refused(options, kBytes));
  options = {};
  options.cache_directory = "";
  EXPECT_TRUE(refused(options, kBytes));
  options = {};
  options.cache_bytes_max = -1;
  EXPECT_TRUE(refused(options, kBytes));
}

}  // namespace
}  // namespace gatun::tests
