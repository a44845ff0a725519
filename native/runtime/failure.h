// The one exception of the runtime. abi/ turns it into a gatun_error; nothing else catches it.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "gatun.h"

namespace gatun {

/// What went wrong (the number of gatun.h) and a sentence for the user: what, where, what was
/// expected.
class Failure : public std::exception {
 public:
  Failure(int32_t code, std::string message) : code_(code), message_(std::move(message)) {}

  int32_t code() const { return code_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  int32_t code_;
  std::string message_;
};

}  // namespace gatun
