// The bytes behind a model's weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gatun::weights {

/// A range of pages: of this process alone, or of a file that other processes map too. Freed with
/// the object. Move-only.
class Memory {
 public:
  Memory() = default;
  /// Private pages full of zeros, large ones where the system has them. Throws std::bad_alloc.
  static Memory of_this_process(int64_t bytes);
  /// The first `bytes` (more than 0) of an open file, mapped, to be written to as well if
  /// `writable`; the file may be closed afterwards. The payload starts at byte `payload`. Throws
  /// Failure (ErrorCode::kIo).
  static Memory of_file(int descriptor, int64_t bytes, int64_t payload, bool writable);

  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  /// 64-byte aligned.
  std::span<const std::byte> payload() const;
  /// The same to write to, as long as protect() has not been called.
  std::span<std::byte> writable();
  /// Makes every later write a fault.
  void protect();
  /// Moves the start of the payload.
  void start_at(int64_t payload) { payload_ = payload; }
  /// Lets the system read a file's pages before they are used.
  void read_ahead() const;

  int64_t resident_bytes() const { return shared_ ? 0 : bytes_; }
  int64_t mapped_bytes() const { return shared_ ? bytes_ : 0; }

 private:
  std::byte* pages_ = nullptr;
  int64_t bytes_ = 0;
  int64_t payload_ = 0;
  bool shared_ = false;
};

}  // namespace gatun::weights
