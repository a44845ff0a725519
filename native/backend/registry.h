// Which device computes.
#pragma once

#include <string>

#include "backend/backend.h"

namespace gatun::backend {

/// Raised with every change of backend.h; a backend of another version is not used.
inline constexpr int kBackendVersion = 2;

/// One way to compute, and how much it is wanted here.
struct Candidate {
  int version;
  const char* name;
  /// Above 0: usable, higher is faster. At most 0: not on this machine.
  int (*score)();
  /// Throws Failure when the device cannot be used as the environment asks.
  const Backend& (*open)();
};

/// Keeps the backends from instruction sets above the named one; to be called before best(). Throws
/// Failure (ErrorCode::kUnsupported) when there is no such name or a higher one is in use already.
void limit_isa(const std::string& name);

/// The usable backend with the highest score, for the life of the process. Throws Failure
/// (ErrorCode::kUnsupported) when GATUN_ISA names a tier that is unknown or that this machine
/// lacks.
const Backend& best();

}  // namespace gatun::backend
