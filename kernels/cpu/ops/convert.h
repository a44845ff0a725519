// Stored number formats to fp32.
#pragma once

#include <cstring>

#include "cpu/ops/span.h"
#include "kernels/types.h"

namespace gatun::kernels {
namespace {

/// Whole vectors straight from memory; the tail through a buffer, so nothing past it is read.
template <class Load>
void widen_halves(const void* source, int64_t count, float* y, Load load) {
  constexpr int64_t kBytes = 2;
  const char* from = static_cast<const char*>(source);
  int64_t i = 0;
  for (; i + Vec::kLanes <= count; i += Vec::kLanes) load(from + i * kBytes).store(y + i);
  if (i < count) {
    char tail[Vec::kLanes * kBytes] = {};
    std::memcpy(tail, from + i * kBytes, static_cast<size_t>((count - i) * kBytes));
    load(tail).store_first(y + i, count - i);
  }
}

void widen(Storage storage, const void* source, int64_t count, float* y) {
  switch (storage) {
    case Storage::kF32:
      if (count > 0) std::memcpy(y, source, static_cast<size_t>(count) * sizeof(float));
      return;
    case Storage::kF16:
      return widen_halves(source, count, y, [](const void* p) { return Vec::load_f16(p); });
    case Storage::kBf16:
      return widen_halves(source, count, y, [](const void* p) { return Vec::load_bf16(p); });
  }
}

}  // namespace
}  // namespace gatun::kernels
