#include "weights/file_digest.h"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sstream>

#include "runtime/failure.h"
#include "runtime/mapped_file.h"

namespace gatun::weights {
namespace {

constexpr char kNoteVersion[] = "gatun-digest-1";
constexpr int64_t kNanoseconds = 1'000'000'000;
/// The coarsest clock of a file system in use (FAT) has steps of two seconds.
constexpr int64_t kYoungNs = 2 * kNanoseconds;
constexpr int64_t kPieceBytes = int64_t{16} << 20;

int64_t nanoseconds(const timespec& time) { return time.tv_sec * kNanoseconds + time.tv_nsec; }

bool is_young(const FileIdentity& identity, int64_t now_ns) {
  return std::max(identity.modified_ns, identity.changed_ns) > now_ns - kYoungNs;
}

std::string note_name(const std::string& path) { return hex(sha256(path)); }

std::string note_text(const FileIdentity& identity, const Digest& digest) {
  std::ostringstream text;
  text << kNoteVersion << ' ' << identity.device << ' ' << identity.inode << ' ' << identity.bytes
       << ' ' << identity.modified_ns << ' ' << identity.changed_ns << ' ' << hex(digest) << '\n';
  return text.str();
}

/// 0 … 15, or −1.
int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/// The digest that a note gives for exactly this identity.
std::optional<Digest> noted(const std::string& note, const FileIdentity& identity) {
  constexpr size_t kDigits = 2 * sizeof(Digest);
  if (note.size() < kDigits + 1) return std::nullopt;
  const std::string digits = note.substr(note.size() - kDigits - 1, kDigits);
  Digest digest{};
  for (size_t i = 0; i < kDigits; ++i) {
    const int value = hex_value(digits[i]);
    if (value < 0) return std::nullopt;
    digest[i / 2] = static_cast<uint8_t>(digest[i / 2] * 16 + value);
  }
  if (note != note_text(identity, digest)) return std::nullopt;
  return digest;
}

Digest read_all(const std::string& path, const std::string& label, Progress& progress) {
  const MappedFile file(path, label);
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(file.data()),
                                         static_cast<size_t>(file.size()));
  progress.expect(file.size());
  Sha256 hash;
  for (size_t at = 0; at < bytes.size();) {
    const size_t piece = std::min(bytes.size() - at, static_cast<size_t>(kPieceBytes));
    hash.add(bytes.subspan(at, piece));
    progress.advance(static_cast<int64_t>(piece));
    at += piece;
  }
  return hash.finish();
}

}  // namespace

FileIdentity identity_of(const std::string& path, const std::string& label) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) {
    throw Failure(ErrorCode::kIo, label + ": cannot be examined: " + std::strerror(errno));
  }
  return {static_cast<uint64_t>(facts.st_dev), static_cast<uint64_t>(facts.st_ino),
          static_cast<int64_t>(facts.st_size), nanoseconds(facts.st_mtim),
          nanoseconds(facts.st_ctim)};
}

int64_t clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

FileDigest digest_file(const CacheDirectory& cache, const std::string& path,
                       const std::string& label, Progress& progress, int64_t now_ns) {
  const FileIdentity identity = identity_of(path, label);
  if (const std::optional<std::string> note = cache.note(note_name(path))) {
    if (const std::optional<Digest> digest = noted(*note, identity)) {
      return {path, label, identity, *digest, false};
    }
  }
  const bool young = is_young(identity, now_ns);
  const Digest digest = read_all(path, label, progress);
  const FileDigest known{path, label, identity, digest, young};
  if (!young && identity_of(path, label) == identity) {
    cache.write_note(note_name(path), note_text(identity, digest));
  }
  return known;
}

bool confirm(const FileDigest& known) {
  if (identity_of(known.path, known.label) != known.identity) return false;
  Progress unwatched(nullptr);
  return !known.young || read_all(known.path, known.label, unwatched) == known.digest;
}

}  // namespace gatun::weights
