#include "encoder/build_graph.h"

#include <algorithm>
#include <thread>

#include "encoder/families.h"
#include "encoder/loader.h"
#include "model/config.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using model::EncoderConfig;

/// Beyond this, threads wait for memory.
constexpr int kThreadsMax = 16;

void refuse_wide_heads(const EncoderConfig& config, const backend::Backend& backend) {
  if (config.head_dim() <= backend.head_dim_max()) return;
  throw Failure(ErrorCode::kUnsupported,
                "config.json: num_attention_heads: heads of hidden_size / num_attention_heads = " +
                    std::to_string(config.head_dim()) + " are not supported; at most " +
                    std::to_string(backend.head_dim_max()));
}

int threads_of(const LoadOptions& options) {
  if (options.threads > 0) return options.threads;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kThreadsMax);
}

Graph read_graph(const EncoderConfig& config, const model::Folder& folder,
                 const backend::Backend& backend, const LoadOptions& options) {
  const model::Tensors tensors(folder);
  const FamilyNames names = names_of(config);
  Loader loader(tensors, backend, options.precision, check_names(config, names, tensors));
  Graph graph = empty_graph(config);
  names.bind(loader, graph);
  const int64_t bytes = loader.place();
  weights::Progress progress(options.progress);
  progress.expect(bytes);
  ThreadPool pool(threads_of(options));
  graph.memory = weights::Memory::of_this_process(bytes);
  loader.fill(graph.memory.writable(), pool, progress);
  graph.memory.protect();
  loader.attach(graph.memory.payload());
  graph.parameters = loader.parameters();
  return graph;
}

}  // namespace

Graph build_graph(const model::Folder& folder, const backend::Backend& backend,
                  const LoadOptions& options) {
  const EncoderConfig config = model::read_config(folder);
  refuse_wide_heads(config, backend);
  Graph graph = read_graph(config, folder, backend, options);
  for (const model::Rotary& rotary : config.rotaries) {
    graph.rotaries.push_back(
        std::make_unique<RotaryTables>(rotary, config.head_dim(), config.positions_max));
  }
  graph.precision = options.precision;
  return graph;
}

}  // namespace gatun::encoder
