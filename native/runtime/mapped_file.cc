#include "runtime/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "runtime/descriptor.h"
#include "runtime/failure.h"

namespace gatun {
namespace {

[[noreturn]] void fail(const std::string& label, const std::string& what) {
  throw Failure(ErrorCode::kIo, label + ": " + what);
}

}  // namespace

MappedFile::MappedFile(const std::string& path, const std::string& label) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) fail(label, std::string("cannot be opened: ") + std::strerror(errno));
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) {
    fail(label, std::string("cannot be examined: ") + std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) fail(label, "is not a regular file");
  if (facts.st_size == 0) return;
  void* memory =
      ::mmap(nullptr, static_cast<size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (memory == MAP_FAILED) fail(label, std::string("cannot be mapped: ") + std::strerror(errno));
  data_ = static_cast<const unsigned char*>(memory);
  size_ = facts.st_size;
}

MappedFile::MappedFile(MappedFile&& other) noexcept : data_(other.data_), size_(other.size_) {
  other.data_ = nullptr;
  other.size_ = 0;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) {
    ::munmap(const_cast<unsigned char*>(data_), static_cast<size_t>(size_));
  }
}

}  // namespace gatun
