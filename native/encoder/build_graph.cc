#include "encoder/build_graph.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "encoder/families.h"
#include "encoder/fingerprint.h"
#include "encoder/loader.h"
#include "encoder/mapper.h"
#include "encoder/smoothing.h"
#include "model/config.h"
#include "runtime/failure.h"
#include "weights/cache_directory.h"

namespace gatun::encoder {
namespace {

using model::EncoderConfig;
using weights::CacheDirectory;
using weights::Description;

/// Beyond this, threads wait for memory.
constexpr int kThreadsMax = 16;

void refuse_wide_heads(const EncoderConfig& config, const backend::Backend& backend) {
  if (config.head_dim <= backend.head_dim_max()) return;
  throw Failure(
      ErrorCode::kUnsupported,
      "config.json: heads of " + std::to_string(config.head_dim) +
          " (head_dim, or hidden_size / num_attention_heads) are not supported; at most " +
          std::to_string(backend.head_dim_max()));
}

int threads_of(const LoadOptions& options) {
  if (options.threads > 0) return options.threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kThreadsMax);
}

/// What a graph has besides its weights.
void complete(Graph& graph, const EncoderConfig& config, const backend::Backend& backend) {
  for (const model::Rotary& rotary : config.rotaries) {
    graph.rotaries.push_back(
        std::make_unique<RotaryTables>(rotary, config.head_dim, config.positions_max));
  }
  graph.backend = &backend;
}

/// One load. Its steps: find the weights in the cache, or read them and put them there.
class Load {
 public:
  Load(const EncoderConfig& config, const model::Folder& folder, const backend::Backend& backend,
       const LoadOptions& options, Origin& origin)
      : config_(config),
        folder_(folder),
        backend_(backend),
        options_(options),
        origin_(origin),
        names_(names_of(config)),
        progress_(options.progress) {}

  Graph run() {
    if (options_.cache_directory.empty()) return read(nullptr, nullptr);
    const std::optional<CacheDirectory> cache = open_cache();
    if (!cache) return read(nullptr, nullptr);
    const Fingerprint print = fingerprint(folder_, config_.module_folders(), backend_,
                                          options_.precision, *cache, progress_);
    for (const weights::FileDigest& file : print.files) {
      origin_.digests.emplace_back(file.label, hex(file.digest));
    }
    std::optional<Graph> found = find(*cache, print.key);
    return found ? std::move(*found) : read(&*cache, &print);
  }

 private:
  std::optional<CacheDirectory> open_cache() {
    try {
      return CacheDirectory(options_.cache_directory);
    } catch (const Failure& e) {
      unused(e);
      return std::nullopt;
    }
  }

  void unused(const Failure& reason) {
    origin_.cache = Origin::Cache::kUnused;
    origin_.warnings.push_back(reason.message() + "; packed weights are not kept");
  }

  std::optional<Graph> find(const CacheDirectory& cache, const Digest& key) {
    std::string about;
    try {
      std::optional<CacheDirectory::Found> found = cache.find(key);
      if (!found) return std::nullopt;
      about = found->file + ": ";
      Graph graph = empty_graph(config_);
      graph.memory = std::move(found->memory);
      refuse_damage(found->head, graph.memory.payload());
      Mapper mapper(found->head, graph.memory.payload(), backend_, options_.precision);
      bind_graph(names_, mapper, graph);
      graph.parameters = found->head.description.parameters;
      origin_.cache = Origin::Cache::kMapped;
      origin_.file = found->file;
      return graph;
    } catch (const Failure& e) {
      origin_.warnings.push_back(about + e.message() + "; the file is made anew");
      return std::nullopt;
    }
  }

  /// Every byte is read: a disk or memory that has changed one would change what is computed.
  void refuse_damage(const weights::WeightFile& head, std::span<const std::byte> payload) {
    ThreadPool pool(threads_of(options_));
    const std::vector<std::string> damaged =
        weights::damaged_sections(head.sections, payload, pool);
    if (damaged.empty()) return;
    throw Failure(ErrorCode::kFormat, damaged.front() + " in it is damaged");
  }

  /// From the folder; `cache` and `print` are both null without a cache.
  Graph read(const CacheDirectory* cache, const Fingerprint* print) {
    const model::Tensors tensors(folder_, config_.module_folders());
    const Prefixes prefixes = check_names(config_, names_, tensors);
    InputRanges ranges;
    if (options_.precision == backend::Precision::kInt8) ranges = ranges_of(tensors, prefixes);
    Loader loader(tensors, backend_, options_.precision, prefixes, &ranges);
    Graph graph = empty_graph(config_);
    bind_graph(names_, loader, graph);
    const int64_t bytes = loader.place();
    graph.parameters = loader.parameters();
    progress_.expect(loader.section_bytes());
    ThreadPool pool(threads_of(options_));
    if (cache == nullptr || !read_into(*cache, *print, prefixes, loader, pool, graph.memory)) {
      graph.memory = weights::Memory::of_this_process(bytes);
      loader.fill(graph.memory.writable(), pool, progress_);
      graph.memory.protect();
    }
    loader.attach(graph.memory.payload());
    return graph;
  }

  /// Reads the model in fp32 to see what its layers are fed.
  InputRanges ranges_of(const model::Tensors& tensors, const Prefixes& prefixes) {
    Loader loader(tensors, backend_, backend::Precision::kF32, prefixes);
    Graph graph = empty_graph(config_);
    bind_graph(names_, loader, graph);
    graph.memory = weights::Memory::of_this_process(loader.place());
    progress_.expect(loader.section_bytes());
    ThreadPool pool(threads_of(options_));
    loader.fill(graph.memory.writable(), pool, progress_);
    loader.attach(graph.memory.payload());
    complete(graph, config_, backend_);
    return measure_ranges(graph, names_, prefixes, threads_of(options_));
  }

  /// Fills a file of the cache and maps it; false when there is no room for one.
  bool read_into(const CacheDirectory& cache, const Fingerprint& print, const Prefixes& prefixes,
                 Loader& loader, ThreadPool& pool, weights::Memory& memory) {
    const int64_t bytes = loader.place();
    const Description description = describe(loader, prefixes);
    const auto head_bytes = static_cast<int64_t>(
        weights::encode_head(print.key, description, loader.sections(), bytes).size());
    std::optional<CacheDirectory::Draft> draft = open_draft(cache, print.key, head_bytes, bytes);
    if (!draft) return false;
    progress_.expect(loader.section_bytes());
    loader.fill(draft->payload(), pool, progress_);
    loader.digest(draft->payload(), pool, progress_);
    publish(cache, print, weights::encode_head(print.key, description, loader.sections(), bytes),
            *draft);
    memory = draft->take_memory();
    return true;
  }

  Description describe(const Loader& loader, const Prefixes& prefixes) const {
    return {
        folder_.path(), library_name(), backend_.packing(), backend::name_of(options_.precision),
        prefixes.trunk, prefixes.head,  loader.parameters()};
  }

  std::optional<CacheDirectory::Draft> open_draft(const CacheDirectory& cache, const Digest& key,
                                                  int64_t head_bytes, int64_t payload_bytes) {
    try {
      const int64_t bytes = head_bytes + payload_bytes;
      if (bytes > options_.cache_bytes_max) {
        throw Failure(ErrorCode::kIo, "cache directory " + cache.path() + " may hold " +
                                          std::to_string(options_.cache_bytes_max) +
                                          " bytes; this model needs " + std::to_string(bytes));
      }
      cache.shrink(options_.cache_bytes_max - bytes, key);
      return cache.draft(head_bytes, payload_bytes);
    } catch (const Failure& e) {
      unused(e);
      return std::nullopt;
    }
  }

  void publish(const CacheDirectory& cache, const Fingerprint& print, const std::string& head,
               CacheDirectory::Draft& draft) {
    try {
      for (const weights::FileDigest& file : print.files) {
        if (!weights::confirm(file)) {
          throw Failure(ErrorCode::kIo, file.label + " changed while it was read");
        }
      }
      origin_.file = cache.publish(draft, print.key, head);
      origin_.cache = Origin::Cache::kWritten;
    } catch (const Failure& e) {
      unused(e);
    }
  }

  const EncoderConfig& config_;
  const model::Folder& folder_;
  const backend::Backend& backend_;
  const LoadOptions& options_;
  Origin& origin_;
  const FamilyNames names_;
  weights::Progress progress_;
};

}  // namespace

Graph build_graph(const model::Folder& folder, const backend::Backend& backend,
                  const LoadOptions& options, Origin& origin) {
  const EncoderConfig config = model::read_config(folder);
  refuse_wide_heads(config, backend);
  Graph graph = Load(config, folder, backend, options, origin).run();
  complete(graph, config, backend);
  graph.precision = options.precision;
  return graph;
}

}  // namespace gatun::encoder
