// The border of the library: no exception passes it.
#pragma once

#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "gatun.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun {

inline void fill(gatun_error* error, int32_t code, std::string_view message) noexcept {
  error->code = code;
  error->message[0] = '\0';
  try {
    const std::string line = model::one_line(message, sizeof(error->message) - 1);
    std::memcpy(error->message, line.c_str(), line.size() + 1);
  } catch (const std::bad_alloc&) {
    // The code alone has to do.
  }
}

/// Runs `body` and returns its result. When it throws, fills `error` and returns failure(code).
/// A null `error` breaks the contract of every function: nothing runs, the failure is returned.
template <class Failed, class Body>
auto guarded(gatun_error* error, const Failed& failure, const Body& body) noexcept
    -> decltype(body()) {
  if (error == nullptr) return failure(GATUN_ERROR_ARGUMENT);
  error->code = GATUN_OK;
  error->message[0] = '\0';
  try {
    return body();
  } catch (const Failure& f) {
    fill(error, f.code(), f.message());
  } catch (const std::bad_alloc&) {
    fill(error, GATUN_ERROR_MEMORY, "not enough memory");
  } catch (const std::system_error& e) {
    fill(error, GATUN_ERROR_MEMORY, e.what());
  } catch (const std::exception& e) {
    fill(error, GATUN_ERROR_INTERNAL, e.what());
  } catch (...) {
    fill(error, GATUN_ERROR_INTERNAL, "an unknown exception");
  }
  return failure(error->code);
}

}  // namespace gatun
