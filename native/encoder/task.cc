#include "encoder/task.h"

#include <algorithm>
#include <set>
#include <utility>

#include "encoder/checker.h"
#include "encoder/families.h"
#include "encoder/loader.h"
#include "encoder/overlay.h"
#include "encoder/task_sources.h"
#include "model/adapter.h"
#include "runtime/failure.h"
#include "runtime/thread_pool.h"

namespace gatun::encoder {
namespace {

using model::HeadKind;

/// The trunk's configuration under the task's head.
model::EncoderConfig configure(const Graph& graph, const model::Folder& trunk,
                               const model::Adapter& adapter) {
  if (!adapter.head) return graph.config;
  model::EncoderConfig config = model::read_config(trunk, *adapter.head);
  if (config.family != graph.config.family || config.hidden_size != graph.config.hidden_size ||
      config.intermediate_size != graph.config.intermediate_size ||
      config.qkv_width() != graph.config.qkv_width() ||
      config.layers.size() != graph.config.layers.size()) {
    throw Failure(ErrorCode::kFormat,
                  "config.json: the base model has changed on disk since it was opened");
  }
  return config;
}

/// A slot of a layer, as the overlay holds it.
struct Place {
  size_t layer;
  Slot slot;
};

/// Binds what a task holds: once on a Checker, once on a Loader.
class TaskBinding {
 public:
  TaskBinding(const Graph& graph, const FamilyNames& names, const TaskSources& sources, Task& task)
      : graph_(graph), names_(names), sources_(sources), task_(task) {}

  void head(Binder& binder) const {
    bind_head(binder, task_.config, names_.head(task_.config), task_.head);
  }

  void token_types(Binder& binder) const {
    if (sources_.token_types() == 0) return;
    binder.table(binder.trunk(names_.token_types), {sources_.token_types(), "token types"},
                 {graph_.config.hidden_size, "hidden_size"}, true, task_.types);
  }

  void low_rank(Binder& binder) const {
    if (task_.form == TaskForm::kMerged) return;
    for_adapted([&](Place place, const LinearNames& names) {
      const LowRankName& name = sources_.low_rank(place.layer, place.slot);
      TaskLinear& linear = at(place);
      const Extent rank{name.rank, "rank"};
      binder.exact_linear(name.down, names.inputs, rank, false, linear.down);
      binder.exact_linear(name.up, rank, {names.outputs(), names.parts.front().outputs.source},
                          name.bias, linear.up);
    });
  }

  void merged(Binder& binder) const {
    if (task_.form == TaskForm::kLowRank) return;
    for_adapted(
        [&](Place place, const LinearNames& names) { binder.linear(names, at(place).merged); });
  }

 private:
  TaskLinear& at(Place place) const {
    return task_.layers[place.layer][static_cast<size_t>(place.slot)];
  }

  template <class Body>
  void for_adapted(const Body& body) const {
    for (size_t i = 0; i < graph_.layers.size(); ++i) {
      for (const LinearNames& names : names_.linears(graph_.config, i)) {
        if (sources_.adapts(i, names.slot)) body({i, names.slot}, names);
      }
    }
  }

  const Graph& graph_;
  const FamilyNames& names_;
  const TaskSources& sources_;
  Task& task_;
};

template <class Bind>
weights::Memory load(Loader& loader, const Bind& bind) {
  bind(loader);
  weights::Memory memory = weights::Memory::of_this_process(loader.place());
  ThreadPool pool(1);
  weights::Progress progress(nullptr);
  loader.fill(memory.writable(), pool, progress);
  memory.protect();
  loader.attach(memory.payload());
  return memory;
}

}  // namespace

Task open_task(const Graph& graph, const model::Folder& trunk, const model::Folder& folder,
               TaskForm form, const backend::Backend& backend) {
  const model::Adapter adapter = model::read_adapter(folder, graph.config.family);
  Task task;
  task.name = folder.name();
  // Low-rank products need activations in fp32, which passes in bf16 and int8 do not keep.
  task.form = graph.precision == backend::Precision::kF32 ? form : TaskForm::kMerged;
  task.config = configure(graph, trunk, adapter);
  task.layers.resize(graph.layers.size());
  const model::Tensors base(trunk, graph.config.module_folders());
  const FamilyNames names = names_of(graph.config);
  const Prefixes prefixes = choose_prefixes(graph.config, names, base);
  const TaskSources sources(task.config, names, prefixes, base, adapter, backend,
                            task.form != TaskForm::kLowRank);
  const TaskBinding binding(graph, names, sources, task);
  const model::Tensors tensors = sources.tensors();
  Checker checker(tensors, prefixes);
  binding.head(checker);
  binding.token_types(checker);
  binding.low_rank(checker);
  binding.merged(checker);
  checker.refuse_problems();
  Loader low(tensors, backend, backend::Precision::kF32, prefixes);
  task.memory[0] = load(low, [&](Binder& b) {
    binding.head(b);
    binding.token_types(b);
    binding.low_rank(b);
  });
  Loader merged(tensors, backend, graph.precision, prefixes);
  task.memory[1] = load(merged, [&](Binder& b) { binding.merged(b); });
  task.first_adapted = sources.first_adapted();
  task.rank_max = sources.rank_max();
  task.parameters = sources.parameters();
  return task;
}

}  // namespace gatun::encoder
