#include "backend/registry.h"

#include <array>

#include "backend/cpu/cpu_backend.h"
#include "runtime/failure.h"

namespace gatun::backend {
namespace {

constexpr std::array<Candidate, 1> kCandidates = {{cpu::kCandidate}};

}  // namespace

const char* name_of(Precision precision) {
  switch (precision) {
    case Precision::kF32: return "fp32";
    case Precision::kBf16: return "bf16";
    case Precision::kInt8: return "int8";
  }
  return "?";
}

void limit_isa(const std::string& name) { cpu::limit_isa(name); }

const Backend& best() {
  const Candidate* chosen = nullptr;
  int score = 0;
  for (const Candidate& candidate : kCandidates) {
    if (candidate.version != kBackendVersion || candidate.score() <= score) continue;
    chosen = &candidate;
    score = candidate.score();
  }
  if (chosen == nullptr) throw Failure(ErrorCode::kUnsupported, "no backend runs on this machine");
  return chosen->open();
}

}  // namespace gatun::backend
