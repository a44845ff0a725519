// The one exception of the runtime. abi/ turns it into a gatun_error; nothing else catches it.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace gatun {

/// What kind of thing went wrong; the GATUN_ERROR_* of the C interface, with the same numbers.
enum class ErrorCode : int32_t {
  kArgument = 1,
  kIo = 2,
  kFormat = 3,
  kUnsupported = 4,
  kMemory = 5,
  kBusy = 6,
  kInternal = 7,
};

/// A kind and a sentence for the user: what is wrong, where, what was expected.
class Failure : public std::exception {
 public:
  Failure(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
};

}  // namespace gatun
