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

static_assert(static_cast<int32_t>(ErrorCode::kArgument) == GATUN_ERROR_ARGUMENT &&
              static_cast<int32_t>(ErrorCode::kIo) == GATUN_ERROR_IO &&
              static_cast<int32_t>(ErrorCode::kFormat) == GATUN_ERROR_FORMAT &&
              static_cast<int32_t>(ErrorCode::kUnsupported) == GATUN_ERROR_UNSUPPORTED &&
              static_cast<int32_t>(ErrorCode::kMemory) == GATUN_ERROR_MEMORY &&
              static_cast<int32_t>(ErrorCode::kBusy) == GATUN_ERROR_BUSY &&
              static_cast<int32_t>(ErrorCode::kInternal) == GATUN_ERROR_INTERNAL);

inline void fill(gatun_error* error, ErrorCode code, std::string_view message) noexcept {
  error->code = static_cast<int32_t>(code);
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
    fill(error, ErrorCode::kMemory, "not enough memory");
  } catch (const std::system_error& e) {
    fill(error, ErrorCode::kMemory, e.what());
  } catch (const std::exception& e) {
    fill(error, ErrorCode::kInternal, e.what());
  } catch (...) {
    fill(error, ErrorCode::kInternal, "an unknown exception");
  }
  return failure(error->code);
}

}  // namespace gatun
