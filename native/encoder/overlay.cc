#include "encoder/overlay.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace gatun::encoder {
namespace {

const std::string kDtype = "F32";

}  // namespace

float* Overlay::add(const std::string& name, std::vector<int64_t> shape, const std::string& file) {
  const int64_t count =
      std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  Own& own = own_.emplace_back(Own{file, std::move(shape), Aligned<float>(count)});
  std::fill_n(own.values.data(), count, 0.0F);
  replace(name, {&own.file, &kDtype, &own.shape,
                 reinterpret_cast<const unsigned char*>(own.values.data())});
  return own.values.data();
}

}  // namespace gatun::encoder
