// The tasks of gatun.h: arguments are checked and translated here, and nothing is computed.
#include "encoder/task.h"

#include <memory>
#include <string>

#include "abi/error.h"
#include "abi/handles.h"
#include "backend/registry.h"
#include "gatun.h"

using gatun::code_of;
using gatun::ErrorCode;
using gatun::Failure;
using gatun::guarded;
using gatun::require;
namespace encoder = gatun::encoder;
namespace model = gatun::model;

namespace {

encoder::TaskForm translate(const gatun_task_options* options, int64_t options_bytes) {
  if (options == nullptr) {
    require(options_bytes == 0, "options is NULL but options_bytes not 0");
    return encoder::TaskForm::kLowRank;
  }
  require(options_bytes >= static_cast<int64_t>(sizeof(gatun_task_options)),
          "options_bytes is smaller than gatun_task_options");
  switch (options->form) {
    case 0:
    case GATUN_TASK_LOW_RANK: return encoder::TaskForm::kLowRank;
    case GATUN_TASK_MERGED: return encoder::TaskForm::kMerged;
    case GATUN_TASK_BOTH: return encoder::TaskForm::kBoth;
    default:
      throw Failure(ErrorCode::kArgument,
                    "options.form is " + std::to_string(options->form) + ", not a GATUN_TASK_*");
  }
}

gatun_task_info describe(const encoder::Task& task) {
  gatun_task_info info{};
  info.head = gatun::head_number(task.config.head);
  info.pooling = gatun::pooling_number(task.config.pooling);
  info.normalized = task.config.normalized ? 1 : 0;
  info.labels = static_cast<int32_t>(task.head.labels());
  info.first_layer = static_cast<int32_t>(task.first_adapted);
  info.rank = static_cast<int32_t>(task.rank_max);
  info.token_types = static_cast<int32_t>(task.types.count);
  info.parameters = task.parameters;
  for (const auto& memory : task.memory) info.resident_bytes += memory.resident_bytes();
  return info;
}

}  // namespace

gatun_task* gatun_task_open(const gatun_model* model, const char* directory,
                            int64_t directory_length, const gatun_task_options* options,
                            int64_t options_bytes, gatun_error* error) {
  return guarded(
      error, [](int32_t) { return static_cast<gatun_task*>(nullptr); },
      [&] {
        require(model != nullptr, "model is NULL");
        require(directory != nullptr && directory_length >= 0,
                "directory is NULL or its length negative");
        const encoder::TaskForm form = translate(options, options_bytes);
        const model::Folder folder({directory, static_cast<size_t>(directory_length)});
        return new gatun_task{model, encoder::open_task(model->graph, model->folder, folder, form,
                                                        gatun::backend::best())};
      });
}

void gatun_task_close(gatun_task* task) { delete task; }

int32_t gatun_task_describe(const gatun_task* task, gatun_task_info* info, int64_t info_bytes,
                            gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(task != nullptr, "task is NULL");
    require(info != nullptr && info_bytes >= static_cast<int64_t>(sizeof(gatun_task_info)),
            "info is NULL or info_bytes smaller than gatun_task_info");
    *info = describe(task->task);
    return int32_t{GATUN_OK};
  });
}
