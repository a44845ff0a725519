#include "weights/cache_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "runtime/failure.h"

namespace gatun::weights {
namespace {

constexpr char kWeights[] = ".weights";
constexpr char kNote[] = ".digest";
constexpr char kDraft[] = ".draft";
constexpr int64_t kNoteBytesMax = 4096;
constexpr size_t kNotesMax = 1024;
/// A draft this old has no writer any more.
constexpr int64_t kDraftSeconds = 3600;

[[noreturn]] void fail(const std::string& what) {
  throw Failure(ErrorCode::kIo, what + ": " + std::strerror(errno));
}

/// Why somebody else could change it, or null.
const char* distrust(const struct stat& facts) {
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) return "belongs to another user";
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "can be written to by other users";
  return nullptr;
}

void make_with_parents(const std::string& path) {
  for (size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST && at == std::string::npos) return;
    if (at == std::string::npos) return;
  }
}

int64_t seconds_now() { return static_cast<int64_t>(::time(nullptr)); }

/// Facts about a name of the directory; false when it is gone.
bool examine(int directory, const std::string& name, struct stat& facts) {
  return ::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

struct CloseListing {
  void operator()(DIR* listing) const { ::closedir(listing); }
};

std::string file_name(const Digest& key) { return hex(key) + kWeights; }

}  // namespace

CacheDirectory::CacheDirectory(const std::string& path) : path_(path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos) {
    throw Failure(ErrorCode::kIo, "cache directory " + path + " is not an absolute path");
  }
  make_with_parents(path);
  directory_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat facts{};
  if (!directory_ || ::fstat(directory_.number(), &facts) != 0) {
    fail("cache directory " + path + " cannot be opened");
  }
  if (const char* reason = distrust(facts)) {
    throw Failure(ErrorCode::kIo, "cache directory " + path + " " + reason);
  }
}

Descriptor CacheDirectory::open_file(const std::string& name, int64_t& bytes) const {
  Descriptor file(
      ::openat(directory_.number(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT) return file;
    fail("it cannot be opened");
  }
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) fail("it cannot be examined");
  if (!S_ISREG(facts.st_mode)) throw Failure(ErrorCode::kIo, "it is not a regular file");
  if (const char* reason = distrust(facts)) {
    throw Failure(ErrorCode::kIo, std::string("it ") + reason);
  }
  bytes = facts.st_size;
  return file;
}

std::optional<Memory> CacheDirectory::map(const std::string& name) const {
  int64_t bytes = 0;
  const Descriptor file = open_file(name, bytes);
  if (!file) return std::nullopt;
  if (bytes == 0) throw Failure(ErrorCode::kFormat, "it is empty");
  Memory memory = Memory::of_file(file.number(), bytes, 0, false);
  // The time of the last use, by which shrink() chooses; in a directory that is read-only it stays.
  ::futimens(file.number(), nullptr);
  return memory;
}

std::optional<CacheDirectory::Found> CacheDirectory::find(const Digest& key) const {
  const std::string name = file_name(key);
  try {
    std::optional<Memory> memory = map(name);
    if (!memory) return std::nullopt;
    WeightFile head = decode_head(memory->payload());
    if (head.key != key) throw Failure(ErrorCode::kFormat, "it has another key than its name");
    memory->start_at(head.payload);
    memory->read_ahead();
    return Found{std::move(*memory), std::move(head), path_ + "/" + name};
  } catch (const Failure& e) {
    throw Failure(e.code(), path_ + "/" + name + ": " + e.message());
  }
}

CacheDirectory::Draft::Draft(int directory, std::string name, Descriptor file, Memory memory)
    : directory_(directory),
      name_(std::move(name)),
      file_(std::move(file)),
      memory_(std::move(memory)) {}

CacheDirectory::Draft::~Draft() {
  if (file_) ::unlinkat(directory_, name_.c_str(), 0);
}

Descriptor CacheDirectory::create(std::string& name) const {
  static std::atomic<uint64_t> count{0};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  name = std::to_string(::getpid()) + "-" + std::to_string(now.tv_sec) + "-" +
         std::to_string(now.tv_nsec) + "-" + std::to_string(count.fetch_add(1)) + kDraft;
  Descriptor file(::openat(directory_.number(), name.c_str(),
                           O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) fail("cache directory " + path_ + " cannot be written to");
  return file;
}

CacheDirectory::Draft CacheDirectory::draft(int64_t head_bytes, int64_t payload_bytes) const {
  const int64_t bytes = head_bytes + payload_bytes;
  std::string name;
  Descriptor file = create(name);
  const int number = file.number();
  Draft draft(directory_.number(), std::move(name), std::move(file), Memory());
  // Writing through the mapping to a disk that is full would be a SIGBUS: take the room first.
  errno = ::posix_fallocate(number, 0, bytes);
  if (errno != 0) {
    fail("cache directory " + path_ + " has no room for " + std::to_string(bytes) + " bytes");
  }
  draft.memory_ = Memory::of_file(number, bytes, head_bytes, true);
  return draft;
}

Memory CacheDirectory::Draft::take_memory() {
  memory_.protect();
  return std::move(memory_);
}

std::string CacheDirectory::publish(Draft& draft, const Digest& key,
                                    const std::string& head) const {
  const std::string name = file_name(key);
  const int file = draft.file_.number();
  const auto length = static_cast<ssize_t>(head.size());
  if (::pwrite(file, head.data(), head.size(), 0) != length || ::fsync(file) != 0 ||
      ::renameat(directory_.number(), draft.name_.c_str(), directory_.number(), name.c_str()) !=
          0) {
    fail(path_ + "/" + name + " cannot be written");
  }
  draft.file_ = Descriptor();
  ::fsync(directory_.number());
  return path_ + "/" + name;
}

std::vector<std::string> CacheDirectory::names(const char* ending) const {
  // A descriptor of its own: reading a directory moves the position of the one it was given.
  Descriptor again(::openat(directory_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, CloseListing> listing(::fdopendir(again.number()));
  std::vector<std::string> found;
  if (listing == nullptr) return found;
  again.release();
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string name = entry->d_name;
    if (name.ends_with(ending)) found.push_back(name);
  }
  return found;
}

void CacheDirectory::shrink(int64_t bytes_max, const Digest& keep) const {
  struct Used {
    int64_t seconds;
    std::string name;
    int64_t bytes;
  };
  const auto by_use = [this](const char* ending) {
    std::vector<Used> all;
    for (const std::string& name : names(ending)) {
      struct stat facts{};
      if (examine(directory_.number(), name, facts)) {
        all.push_back({facts.st_mtim.tv_sec, name, facts.st_size});
      }
    }
    std::sort(all.begin(), all.end(),
              [](const Used& a, const Used& b) { return a.seconds < b.seconds; });
    return all;
  };
  const auto remove = [this](const std::string& name) {
    ::unlinkat(directory_.number(), name.c_str(), 0);
  };
  const std::vector<Used> weights = by_use(kWeights);
  int64_t total = 0;
  for (const Used& used : weights) total += used.bytes;
  for (const Used& used : weights) {
    if (total <= bytes_max) break;
    if (used.name == file_name(keep)) continue;
    remove(used.name);
    total -= used.bytes;
  }
  for (const Used& used : by_use(kDraft)) {
    if (used.seconds < seconds_now() - kDraftSeconds) remove(used.name);
  }
  const std::vector<Used> notes = by_use(kNote);
  for (size_t i = 0; i + kNotesMax < notes.size(); ++i) remove(notes[i].name);
}

std::vector<CacheDirectory::Entry> CacheDirectory::list(bool verify) const {
  std::vector<Entry> entries;
  ThreadPool pool(1);
  for (const std::string& name : names(kWeights)) {
    struct stat facts{};
    if (!examine(directory_.number(), name, facts)) continue;
    Entry entry{path_ + "/" + name, facts.st_size, facts.st_mtim.tv_sec, std::nullopt, ""};
    try {
      const std::optional<Memory> memory = map(name);
      if (!memory) continue;
      const WeightFile head = decode_head(memory->payload());
      entry.description = head.description;
      if (file_name(head.key) != name) entry.problem = "it has another key than its name";
      if (verify) {
        const std::vector<std::string> damaged = damaged_sections(
            head.sections, memory->payload().subspan(static_cast<size_t>(head.payload)), pool);
        if (!damaged.empty()) entry.problem = "damaged: " + damaged.front();
      }
    } catch (const Failure& e) {
      entry.problem = e.message();
    }
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used_seconds > b.used_seconds; });
  return entries;
}

int64_t CacheDirectory::clear() const {
  int64_t bytes = 0;
  for (const char* ending : {kWeights, kNote, kDraft}) {
    for (const std::string& name : names(ending)) {
      struct stat facts{};
      const bool counted = name.ends_with(kWeights) && examine(directory_.number(), name, facts);
      if (::unlinkat(directory_.number(), name.c_str(), 0) == 0) {
        bytes += counted ? facts.st_size : 0;
      } else if (errno != ENOENT) {
        fail(path_ + "/" + name + " cannot be removed");
      }
    }
  }
  return bytes;
}

std::optional<std::string> CacheDirectory::note(const std::string& name) const {
  try {
    int64_t bytes = 0;
    const Descriptor file = open_file(name + kNote, bytes);
    if (!file || bytes > kNoteBytesMax) return std::nullopt;
    std::string text(static_cast<size_t>(bytes), '\0');
    if (::read(file.number(), text.data(), text.size()) != bytes) return std::nullopt;
    return text;
  } catch (const Failure&) {
    return std::nullopt;  // as good as none: what it says can be computed again
  }
}

void CacheDirectory::write_note(const std::string& name, const std::string& text) const {
  try {
    std::string draft;
    const Descriptor file = create(draft);
    const bool written =
        ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (!written || ::renameat(directory_.number(), draft.c_str(), directory_.number(),
                               (name + kNote).c_str()) != 0) {
      ::unlinkat(directory_.number(), draft.c_str(), 0);
    }
  } catch (const Failure&) {
    return;  // it is computed again next time
  }
}

}  // namespace gatun::weights
