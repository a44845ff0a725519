// The format of a file of packed weights, the directory it lies in, and digests of files.
#include "weights/weight_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <functional>

#include "runtime/checksum.h"
#include "runtime/failure.h"
#include "runtime/sha256.h"
#include "tests/support.h"
#include "weights/cache_directory.h"
#include "weights/file_digest.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;
using weights::CacheDirectory;
using weights::Description;
using weights::Kind;
using weights::Section;

constexpr int64_t kPayload = 300;

std::vector<Section> two_sections() {
  Section table;
  table.name = "table";
  table.kind = Kind::kTable;
  table.type = 2;
  table.rows = 10;
  table.columns = 5;
  table.bytes = 100;
  Section layer;
  layer.name = "layer";
  layer.kind = Kind::kLinear;
  layer.bias = true;
  layer.keeps = true;
  layer.pairs_end = 4;
  layer.pairs_group = 2;
  layer.rows = 4;
  layer.columns = 8;
  layer.bytes = kPayload - 128;
  std::vector<Section> sections = {table, layer};
  EXPECT_EQ(weights::place(sections), 320);
  return sections;
}

const Description kDescription = {"/model", "1", "cpu", "fp32", "model.", "", 77};

Digest key_of(const std::string& text) { return sha256(text); }

/// A whole file: head and payload.
std::string file_of(const std::vector<Section>& sections, const std::string& key = "key") {
  return weights::encode_head(key_of(key), kDescription, sections, kPayload) +
         std::string(kPayload, 'p');
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

bool is_refused(const std::string& file) {
  try {
    weights::decode_head(bytes_of(file));
    return false;
  } catch (const Failure& e) {
    EXPECT_EQ(e.code(), ErrorCode::kFormat);
    EXPECT_FALSE(e.message().empty());
    return true;
  }
}

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePieces) {
  for (size_t length = 0; length < 300; ++length) {
    const std::string text(length, 'x');
    Sha256 pieces;
    for (size_t at = 0; at < length; at += 7) pieces.add(std::string_view(text).substr(at, 7));
    EXPECT_EQ(pieces.finish(), sha256(text)) << length;
  }
}

/// Values of the reference implementation.
TEST(Checksum, IsXxh64) {
  const auto of = [](std::string_view text) { return checksum(std::as_bytes(std::span(text))); };
  EXPECT_EQ(of(""), 0xEF46DB3751D8E999U);
  EXPECT_EQ(of("a"), 0xD24EC4F1A98C6E5BU);
  EXPECT_EQ(of("abc"), 0x44BC2CF5AD770999U);
  EXPECT_EQ(of("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1U);
}

TEST(WeightFile, ComesBackAsItWasWritten) {
  const std::vector<Section> sections = two_sections();
  const std::string file = file_of(sections);
  const weights::WeightFile head = weights::decode_head(bytes_of(file));
  EXPECT_EQ(head.key, key_of("key"));
  EXPECT_EQ(head.description, kDescription);
  EXPECT_EQ(head.payload % 4096, 0);
  ASSERT_EQ(head.sections.size(), 2U);
  EXPECT_EQ(head.sections[0].name, "table");
  EXPECT_EQ(head.sections[1].kind, Kind::kLinear);
  EXPECT_TRUE(head.sections[1].bias);
  EXPECT_FALSE(head.sections[1].smoothed);
  EXPECT_TRUE(head.sections[1].keeps);
  EXPECT_EQ(head.sections[1].pairs_end, 4);
  EXPECT_EQ(head.sections[1].pairs_group, 2);
  EXPECT_EQ(head.sections[1].offset, 128);
  EXPECT_EQ(head.sections[1].bytes, kPayload - 128);
  const auto payload = bytes_of(file).subspan(static_cast<size_t>(head.payload));
  ThreadPool pool(2);
  EXPECT_EQ(weights::damaged_sections(head.sections, payload, pool).size(), 2U);
}

TEST(WeightFile, EveryDamagedByteIsSeen) {
  const std::string whole = file_of(two_sections());
  const size_t head = 136 + 4 * 6 + std::string("/model1cpufp32model.").size() + 8 +
                      2 * (5 + 4 + 3 * 4 + 6 * 8 + 8);
  ASSERT_LT(head, 4096U);
  for (size_t at = 0; at < head; ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      const bool key_alone = at >= 72 && at < 104;
      EXPECT_TRUE(is_refused(damaged)) << at << (key_alone ? " (key)" : "");
    }
  }
}

TEST(WeightFile, EveryTruncationIsSeen) {
  const std::string whole = file_of(two_sections());
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(is_refused(whole.substr(0, length))) << length;
  }
  EXPECT_TRUE(is_refused(whole + "x"));
}

/// A file whose checksums are right and whose numbers are not: somebody made it on purpose.
TEST(WeightFile, SectionsOutsideThePayloadAreRefused) {
  const std::vector<std::function<void(Section&)>> edits = {
      [](Section& s) { s.offset = 64 * 5; },
      [](Section& s) { s.offset = 1; },
      [](Section& s) { s.offset = -64; },
      [](Section& s) { s.offset = INT64_MAX / 64 * 64; },
      [](Section& s) { s.bytes = kPayload + 1; },
      [](Section& s) { s.bytes = -1; },
      [](Section& s) { s.bytes = INT64_MAX; },
      [](Section& s) { s.rows = -1; },
      [](Section& s) { s.columns = -1; },
      [](Section& s) { s.kind = static_cast<Kind>(0); },
      [](Section& s) { s.kind = static_cast<Kind>(4); },
  };
  for (size_t i = 0; i < edits.size(); ++i) {
    std::vector<Section> sections = two_sections();
    edits[i](sections[1]);
    EXPECT_TRUE(is_refused(file_of(sections))) << i;
  }
}

TEST(WeightFile, PlacesThatOverflowAreRefused) {
  std::vector<Section> sections = two_sections();
  sections[0].bytes = INT64_MAX - 10;
  EXPECT_THROW(weights::place(sections), std::bad_alloc);
  sections[0].bytes = INT64_MAX / 2 + 100;
  sections[1].bytes = INT64_MAX / 2 + 100;
  EXPECT_THROW(weights::place(sections), std::bad_alloc);
}

class Directory : public testing::Test {
 protected:
  fs::path path() const { return folder_.path() / "a" / "cache"; }
  CacheDirectory open() const { return CacheDirectory(path().string()); }

  /// Writes a file whose payload is `fill` everywhere.
  std::string write(const CacheDirectory& cache, const std::string& key, char fill) const {
    std::vector<Section> sections = two_sections();
    const auto head = [&] {
      return weights::encode_head(key_of(key), kDescription, sections, kPayload);
    };
    CacheDirectory::Draft draft = cache.draft(static_cast<int64_t>(head().size()), kPayload);
    std::memset(draft.payload().data(), fill, draft.payload().size());
    for (Section& section : sections) {
      section.checksum = checksum(draft.payload().subspan(static_cast<size_t>(section.offset),
                                                          static_cast<size_t>(section.bytes)));
    }
    return cache.publish(draft, key_of(key), head());
  }

  size_t files() const {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator(path())) count += entry.exists() ? 1 : 0;
    return count;
  }

  TemporaryFolder folder_;
};

TEST_F(Directory, IsMadeForThisUserAlone) {
  const CacheDirectory cache = open();
  struct stat facts{};
  ASSERT_EQ(::stat(path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);
  const std::string file = write(cache, "a", 'x');
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(Directory, KeepsWhatWasPublishedAndNothingElse) {
  const CacheDirectory cache = open();
  EXPECT_FALSE(cache.find(key_of("a")));
  write(cache, "a", 'x');
  {
    const CacheDirectory::Draft forgotten = cache.draft(4096, kPayload);
  }
  EXPECT_EQ(files(), 1U);
  const std::optional<CacheDirectory::Found> found = cache.find(key_of("a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->memory.payload().size(), static_cast<size_t>(kPayload));
  EXPECT_EQ(found->memory.payload()[7], std::byte{'x'});
  EXPECT_GT(found->memory.mapped_bytes(), kPayload);
  EXPECT_EQ(found->memory.resident_bytes(), 0);
}

TEST_F(Directory, AReplacedFileLeavesMappingsAlone) {
  const CacheDirectory cache = open();
  write(cache, "a", 'x');
  const std::optional<CacheDirectory::Found> old = cache.find(key_of("a"));
  write(cache, "a", 'y');
  EXPECT_EQ(old->memory.payload()[0], std::byte{'x'});
  EXPECT_EQ(cache.find(key_of("a"))->memory.payload()[0], std::byte{'y'});
  EXPECT_GT(cache.clear(), kPayload);
  EXPECT_EQ(old->memory.payload()[0], std::byte{'x'});
  EXPECT_EQ(files(), 0U);
}

TEST_F(Directory, AFileUnderAnotherKeyIsRefused) {
  const CacheDirectory cache = open();
  write(cache, "a", 'x');
  fs::rename(path() / (hex(key_of("a")) + ".weights"), path() / (hex(key_of("b")) + ".weights"));
  EXPECT_THROW(cache.find(key_of("b")), Failure);
  EXPECT_FALSE(cache.list(false)[0].problem.empty());
}

TEST_F(Directory, WhatOthersMayChangeIsRefused) {
  const CacheDirectory cache = open();
  const std::string file = write(cache, "a", 'x');
  ASSERT_EQ(::chmod(file.c_str(), 0620), 0);
  EXPECT_THROW(cache.find(key_of("a")), Failure);
  ASSERT_EQ(::chmod(file.c_str(), 0602), 0);
  EXPECT_THROW(cache.find(key_of("a")), Failure);
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  EXPECT_TRUE(cache.find(key_of("a")));
  fs::rename(file, folder_.path() / "elsewhere");
  fs::create_symlink(folder_.path() / "elsewhere", file);
  EXPECT_THROW(cache.find(key_of("a")), Failure);
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_THROW(cache.find(key_of("a")), Failure);
  ASSERT_EQ(::chmod(path().c_str(), 0777), 0);
  EXPECT_THROW(open(), Failure);
  EXPECT_THROW(CacheDirectory("relative"), Failure);
}

TEST_F(Directory, WhatWasUsedLongestAgoGoesFirst) {
  const CacheDirectory cache = open();
  const auto age = [](const std::string& file, int64_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  };
  age(write(cache, "a", 'x'), 1000);
  age(write(cache, "b", 'x'), 2000);
  const std::string c = write(cache, "c", 'x');
  age(c, 3000);
  const auto each = static_cast<int64_t>(fs::file_size(c));
  EXPECT_TRUE(cache.find(key_of("a")));  // used just now
  cache.shrink(2 * each, key_of("none"));
  EXPECT_TRUE(cache.find(key_of("a")));
  EXPECT_FALSE(cache.find(key_of("b")));
  EXPECT_TRUE(cache.find(key_of("c")));
  age(c, 3000);
  cache.shrink(each, key_of("c"));
  EXPECT_TRUE(cache.find(key_of("c")));
  EXPECT_FALSE(cache.find(key_of("a")));
}

TEST_F(Directory, ListsAndVerifies) {
  const CacheDirectory cache = open();
  const std::string file = write(cache, "a", 'x');
  EXPECT_EQ(cache.list(true)[0].problem, "");
  EXPECT_EQ(cache.list(true)[0].description, kDescription);
  std::string bytes = read_file(file);
  bytes.back() = 'y';
  write_file(file, bytes);
  EXPECT_EQ(cache.list(false)[0].problem, "");
  EXPECT_EQ(cache.list(true)[0].problem, "damaged: layer");
}

TEST_F(Directory, ADigestIsRememberedUntilTheFileChanges) {
  const CacheDirectory cache = open();
  const fs::path file = fs::canonical(folder_.path()) / "file";
  write_file(file, "abc");
  weights::Progress progress(nullptr);
  const int64_t later = weights::clock_ns() + 10'000'000'000;
  const auto digest = [&](int64_t now) {
    return weights::digest_file(cache, file.string(), "file", progress, now);
  };
  EXPECT_TRUE(digest(weights::clock_ns()).young);
  EXPECT_EQ(files(), 0U);  // it may change again without a trace in its times
  const weights::FileDigest first = digest(later);
  EXPECT_FALSE(first.young);
  EXPECT_EQ(first.digest, sha256("abc"));
  EXPECT_TRUE(weights::confirm(first));
  ASSERT_EQ(files(), 1U);
  const fs::path note = fs::directory_iterator(path())->path();
  write_file(note, replaced(read_file(note), hex(sha256("abc")), hex(sha256("xyz"))));
  EXPECT_EQ(digest(later).digest, sha256("xyz"));  // nothing is read while the identity holds
  const auto time = fs::last_write_time(file);
  write_file(file, "abd");
  fs::last_write_time(file, time);
  EXPECT_EQ(digest(later).digest, sha256("abd"));
  EXPECT_FALSE(weights::confirm(first));
}

TEST_F(Directory, ADamagedNoteIsNoNote) {
  const CacheDirectory cache = open();
  const fs::path file = fs::canonical(folder_.path()) / "file";
  write_file(file, "abc");
  weights::Progress progress(nullptr);
  const int64_t later = weights::clock_ns() + 10'000'000'000;
  weights::digest_file(cache, file.string(), "file", progress, later);
  const fs::path note = fs::directory_iterator(path())->path();
  const std::string whole = read_file(note);
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = 'z';
    write_file(note, damaged);
    EXPECT_EQ(weights::digest_file(cache, file.string(), "file", progress, later).digest,
              sha256("abc"));
    write_file(note, whole.substr(0, at));
    EXPECT_EQ(weights::digest_file(cache, file.string(), "file", progress, later).digest,
              sha256("abc"));
  }
}

}  // namespace
}  // namespace gatun::tests
