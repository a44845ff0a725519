#include "encoder/fingerprint.h"

#include "encoder/packing_sources.h"
#include "model/tensors.h"
#include "runtime/mapped_file.h"
#include "weights/weight_file.h"

namespace gatun::encoder {
namespace {

constexpr char kConfig[] = "config.json";

Digest digest_of(const model::Folder& folder, const std::string& name) {
  const MappedFile file = folder.map(name);
  return sha256(
      std::span(reinterpret_cast<const std::byte*>(file.data()), static_cast<size_t>(file.size())));
}

}  // namespace

std::string library_name() { return std::string(GATUN_VERSION "+") + kPackingSources; }

Fingerprint fingerprint(const model::Folder& folder, const std::vector<std::string>& modules,
                        const backend::Backend& backend, backend::Precision precision,
                        const weights::CacheDirectory& cache, weights::Progress& progress) {
  // One line each: no part can be read as another.
  std::string text = "gatun weights " + std::to_string(weights::kFileVersion) + "\n" +
                     library_name() + "\n" + backend.packing() + "\n" +
                     backend::name_of(precision) + "\n" + hex(digest_of(folder, kConfig)) + "\n";
  Fingerprint print;
  for (const std::string& name : model::weight_files(folder, modules)) {
    print.files.push_back(weights::digest_file(cache, folder.resolve(name), name, progress));
    text += hex(print.files.back().digest) + " " + name + "\n";
  }
  print.key = sha256(text);
  return print;
}

}  // namespace gatun::encoder
