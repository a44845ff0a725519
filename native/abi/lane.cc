// The lanes of gatun.h: arguments are checked and translated here, and nothing is computed.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "abi/error.h"
#include "abi/handles.h"
#include "abi/text.h"
#include "backend/registry.h"
#include "encoder/batch.h"
#include "encoder/encoder.h"
#include "encoder/plan_cost.h"
#include "gatun.h"

using gatun::code_of;
using gatun::ErrorCode;
using gatun::Failure;
using gatun::guarded;
using gatun::kThreadsMax;
using gatun::require;
namespace backend = gatun::backend;
namespace encoder = gatun::encoder;

namespace {

constexpr int32_t kOutputsMax = 64;
constexpr int64_t kTokensMax = INT32_MAX;

/// Marks a lane as running for as long as it lives.
class Running {
 public:
  explicit Running(gatun_lane& lane) : lane_(lane) {
    if (lane.busy.exchange(true, std::memory_order_acquire)) {
      throw Failure(ErrorCode::kBusy, "the lane is running another call");
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    lane_.workspace_bytes.store(lane_.lane->workspace_bytes(), std::memory_order_relaxed);
    lane_.busy.store(false, std::memory_order_release);
  }

 private:
  gatun_lane& lane_;
};

encoder::Batch translate(const gatun_batch& batch) {
  require(batch.ids != nullptr && batch.id_count >= 1 && batch.id_count <= kTokensMax,
          "batch.ids is NULL or batch.id_count is not 1 … 2147483647");
  require(batch.offsets != nullptr && batch.offset_count >= 2 &&
              batch.offset_count <= batch.id_count + 1,
          "batch.offsets is NULL or batch.offset_count is not 2 … id_count + 1");
  require(
      batch.type_ids == nullptr ? batch.type_id_count == 0 : batch.type_id_count == batch.id_count,
      "batch.type_id_count must be id_count, or 0 with type_ids NULL");
  return {{batch.ids, static_cast<size_t>(batch.id_count)},
          {batch.type_ids, static_cast<size_t>(batch.type_id_count)},
          {batch.offsets, static_cast<size_t>(batch.offset_count)}};
}

encoder::Wanted::Kind translate_kind(int32_t kind) {
  switch (kind) {
    case GATUN_OUTPUT_HIDDEN: return encoder::Wanted::Kind::kHidden;
    case GATUN_OUTPUT_EMBEDDING: return encoder::Wanted::Kind::kEmbedding;
    case GATUN_OUTPUT_LOGITS: return encoder::Wanted::Kind::kLogits;
    default:
      throw Failure(ErrorCode::kArgument,
                    "output.kind is " + std::to_string(kind) + ", not a GATUN_OUTPUT_*");
  }
}

encoder::Wanted translate(const gatun_model& model, const gatun_output& output) {
  require(output.task == nullptr || output.task->model == &model,
          "output.task was opened over another model");
  require(output.sequences == nullptr ? output.sequence_count == 0 : output.sequence_count >= 1,
          "output.sequence_count must be 1 or more, or 0 with sequences NULL");
  return {translate_kind(output.kind),
          output.layer,
          output.values,
          output.task == nullptr ? nullptr : &output.task->task,
          {output.sequences, static_cast<size_t>(output.sequence_count)}};
}

encoder::Batch translate(const gatun_model& model, const gatun_batch* packed, const void* outputs,
                         int32_t output_count) {
  require(packed != nullptr, "batch is NULL");
  require(outputs != nullptr && output_count >= 1 && output_count <= kOutputsMax,
          "outputs is NULL or output_count not 1 … 64");
  const encoder::Batch batch = translate(*packed);
  encoder::check_batch(model.graph, batch);
  return batch;
}

void check_room(gatun_output& output, const encoder::Shape& shape) {
  output.rows = shape.rows;
  output.columns = shape.columns;
  require(output.values != nullptr, "output.values is NULL");
  if (output.capacity < shape.rows * shape.columns) {
    throw Failure(ErrorCode::kArgument, "output.capacity is " + std::to_string(output.capacity) +
                                            " floats; this result has " +
                                            std::to_string(shape.rows) + " × " +
                                            std::to_string(shape.columns));
  }
}

/// Checks everything and fills `wanted`; returns the batch.
encoder::Batch check(const gatun_model& model, const gatun_batch* packed, gatun_output* outputs,
                     int32_t output_count, std::vector<encoder::Wanted>& wanted) {
  const encoder::Batch batch = translate(model, packed, outputs, output_count);
  wanted.clear();
  for (int32_t i = 0; i < output_count; ++i) {
    wanted.push_back(translate(model, outputs[i]));
    check_room(outputs[i], encoder::shape_of(model.graph, batch, wanted.back()));
  }
  encoder::check_types(model.graph, batch, wanted);
  return batch;
}

backend::Deadline deadline_after(int64_t budget_us) {
  constexpr int64_t kDay = 86'400'000'000;
  if (budget_us >= kDay) return backend::kNoDeadline;
  return backend::Deadline::clock::now() + std::chrono::microseconds(budget_us);
}

}  // namespace

gatun_lane* gatun_lane_open(const gatun_lane_options* options, int64_t options_bytes,
                            gatun_error* error) {
  return guarded(
      error, [](int32_t) { return static_cast<gatun_lane*>(nullptr); },
      [&] {
        require(
            options != nullptr && options_bytes >= static_cast<int64_t>(sizeof(gatun_lane_options)),
            "options is NULL or options_bytes smaller than gatun_lane_options");
        require(options->threads >= 1 && options->threads <= kThreadsMax,
                "options.threads is not 1 … 256");
        require(options->first_cpu >= -1, "options.first_cpu is not -1 or more");
        auto lane = std::make_unique<gatun_lane>(
            backend::best().open_lane({options->threads, options->first_cpu}));
        lane->wanted.reserve(kOutputsMax);
        lane->workspace_bytes = lane->lane->workspace_bytes();
        return lane.release();
      });
}

void gatun_lane_close(gatun_lane* lane) { delete lane; }

int32_t gatun_lane_reserve(gatun_lane* lane, const gatun_model* model, int64_t tokens,
                           int64_t sequences, gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(lane != nullptr && model != nullptr, "lane or model is NULL");
    require(tokens >= 1 && tokens <= kTokensMax && sequences >= 1 && sequences <= tokens,
            "tokens is not 1 … 2147483647 or sequences not 1 … tokens");
    const Running running(*lane);
    const int64_t floats = encoder::workspace_floats(model->graph, tokens);
    lane->workspace(backend::Workspace::kRun, floats);
    lane->reserved_floats = std::max(lane->reserved_floats, floats);
    const int64_t longest = std::min(tokens, model->graph.config.positions_max);
    for (const auto& rotary : model->graph.rotaries) rotary->at_least(longest);
    return int32_t{GATUN_OK};
  });
}

int64_t gatun_lane_workspace_bytes(const gatun_lane* lane) {
  return lane == nullptr ? 0 : lane->workspace_bytes.load(std::memory_order_relaxed);
}

int32_t gatun_lane_run(gatun_lane* lane, const gatun_model* model, const gatun_batch* batch,
                       gatun_output* outputs, int32_t output_count, gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(lane != nullptr && model != nullptr, "lane or model is NULL");
    const Running running(*lane);
    const encoder::Graph& graph = model->graph;
    const encoder::Batch checked = check(*model, batch, outputs, output_count, lane->wanted);
    lane->schedule.plan(graph, checked, lane->wanted);
    const int64_t floats = encoder::workspace_floats(graph, lane->schedule);
    encoder::ForwardPass(graph, *lane->lane, checked, lane->wanted, lane->schedule,
                         lane->workspace(backend::Workspace::kRun, floats))
        .advance(backend::kNoDeadline);
    if (lane->reserved_floats > 0) lane->keep_reserved(backend::Workspace::kRun, floats);
    return int32_t{GATUN_OK};
  });
}

int64_t gatun_plan_describe(const gatun_model* model, const gatun_batch* batch,
                            const gatun_output* outputs, int32_t output_count, char* text,
                            int64_t capacity, gatun_error* error) {
  return guarded(
      error, [](int32_t) { return int64_t{-1}; },
      [&] {
        require(model != nullptr, "model is NULL");
        require(capacity >= 0 && (text != nullptr || capacity == 0),
                "text is NULL or capacity negative");
        const encoder::Batch checked = translate(*model, batch, outputs, output_count);
        std::vector<encoder::Wanted> wanted;
        for (int32_t i = 0; i < output_count; ++i) {
          wanted.push_back(translate(*model, outputs[i]));
          encoder::shape_of(model->graph, checked, wanted.back());
        }
        encoder::Schedule schedule;
        schedule.plan(model->graph, checked, wanted);
        return gatun::copy_out(encoder::describe_plan(model->graph, checked, schedule), text,
                               capacity);
      });
}

int32_t gatun_lane_begin(gatun_lane* lane, const gatun_model* model, const gatun_batch* batch,
                         gatun_output* outputs, int32_t output_count, gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(lane != nullptr && model != nullptr, "lane or model is NULL");
    const Running running(*lane);
    if (lane->paused != nullptr) {
      throw Failure(ErrorCode::kBusy,
                    "the lane has a pass under way: advance it to its end or cancel it");
    }
    std::vector<encoder::Wanted> wanted;
    const encoder::Batch checked = check(*model, batch, outputs, output_count, wanted);
    lane->paused =
        std::make_unique<gatun::PausedPass>(model->graph, *lane, checked, std::move(wanted));
    return int32_t{GATUN_OK};
  });
}

int32_t gatun_lane_advance(gatun_lane* lane, int64_t budget_us, gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(lane != nullptr, "lane is NULL");
    require(budget_us >= 0, "budget_us is negative");
    const Running running(*lane);
    require(lane->paused != nullptr, "the lane has no pass under way: begin one");
    try {
      if (!lane->paused->advance(deadline_after(budget_us))) return int32_t{GATUN_PAUSED};
    } catch (...) {
      lane->drop_paused();
      throw;
    }
    lane->drop_paused();
    return int32_t{GATUN_OK};
  });
}

int32_t gatun_lane_cancel(gatun_lane* lane, gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(lane != nullptr, "lane is NULL");
    const Running running(*lane);
    lane->drop_paused();
    return int32_t{GATUN_OK};
  });
}
