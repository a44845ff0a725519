// The functions of gatun.h about the cache of packed weights.
#include <string>

#include "abi/error.h"
#include "abi/text.h"
#include "gatun.h"
#include "weights/cache_directory.h"

using gatun::ErrorCode;
using gatun::Failure;
using gatun::guarded;
using gatun::quoted;
namespace weights = gatun::weights;

namespace {

weights::CacheDirectory open_cache(const char* directory, int64_t length) {
  if (directory == nullptr || length <= 0) {
    throw Failure(ErrorCode::kArgument, "directory is NULL or its length not more than 0");
  }
  return weights::CacheDirectory({directory, static_cast<size_t>(length)});
}

std::string describe(const weights::CacheDirectory::Entry& entry) {
  std::string json = "{\"file\":" + quoted(entry.file) +
                     ",\"bytes\":" + std::to_string(entry.bytes) +
                     ",\"used\":" + std::to_string(entry.used_seconds);
  if (entry.description) {
    json += ",\"model\":" + quoted(entry.description->model) +
            ",\"precision\":" + quoted(entry.description->precision) +
            ",\"packing\":" + quoted(entry.description->packing) +
            ",\"library\":" + quoted(entry.description->library);
  }
  if (!entry.problem.empty()) json += ",\"problem\":" + quoted(entry.problem);
  return json + "}";
}

}  // namespace

int64_t gatun_cache_describe(const char* directory, int64_t directory_length, int32_t verify,
                             char* text, int64_t capacity, gatun_error* error) {
  return guarded(
      error, [](int32_t) { return int64_t{-1}; },
      [&] {
        if (capacity < 0 || (text == nullptr && capacity > 0)) {
          throw Failure(ErrorCode::kArgument, "text is NULL or capacity negative");
        }
        std::string json;
        for (const auto& entry : open_cache(directory, directory_length).list(verify != 0)) {
          json += (json.empty() ? "[" : ",") + describe(entry);
        }
        return gatun::copy_out(json.empty() ? "[]" : json + "]", text, capacity);
      });
}

int64_t gatun_cache_clear(const char* directory, int64_t directory_length, gatun_error* error) {
  return guarded(
      error, [](int32_t) { return int64_t{-1}; },
      [&] { return open_cache(directory, directory_length).clear(); });
}
