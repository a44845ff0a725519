// The functions of gatun.h: arguments are checked and translated here, and nothing is computed.
#include "gatun.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "abi/error.h"
#include "backend/registry.h"
#include "encoder/batch.h"
#include "encoder/build_graph.h"
#include "encoder/encoder.h"

using gatun::ErrorCode;
using gatun::Failure;
using gatun::guarded;
namespace backend = gatun::backend;
namespace encoder = gatun::encoder;
namespace model = gatun::model;

struct gatun_model {
  encoder::Graph graph;
};

struct gatun_lane {
  explicit gatun_lane(std::unique_ptr<backend::Lane> l) : lane(std::move(l)) {}

  std::unique_ptr<backend::Lane> lane;
  std::vector<encoder::Wanted> wanted;
  std::atomic<bool> busy{false};
  std::atomic<int64_t> workspace_bytes{0};
};

namespace {

constexpr int32_t kThreadsMax = 256;
constexpr int32_t kOutputsMax = 64;
constexpr int64_t kTokensMax = INT32_MAX;

int32_t code_of(int32_t code) { return code; }

void require(bool condition, const char* contract) {
  if (!condition) throw Failure(ErrorCode::kArgument, contract);
}

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

int32_t family_number(model::Family family) {
  return family == model::Family::kBert ? GATUN_FAMILY_BERT : GATUN_FAMILY_MODERNBERT;
}

int32_t head_number(model::HeadKind head) {
  switch (head) {
    case model::HeadKind::kNone: return GATUN_HEAD_NONE;
    case model::HeadKind::kSequence: return GATUN_HEAD_SEQUENCE;
    case model::HeadKind::kToken: return GATUN_HEAD_TOKEN;
  }
  return GATUN_HEAD_NONE;
}

int32_t pooling_number(model::Pooling pooling) {
  switch (pooling) {
    case model::Pooling::kUnspecified: return GATUN_POOLING_NONE;
    case model::Pooling::kCls: return GATUN_POOLING_CLS;
    case model::Pooling::kMean: return GATUN_POOLING_MEAN;
  }
  return GATUN_POOLING_NONE;
}

int32_t precision_number(backend::Precision precision) {
  switch (precision) {
    case backend::Precision::kF32: return GATUN_PRECISION_FP32;
    case backend::Precision::kBf16: return GATUN_PRECISION_BF16;
    case backend::Precision::kInt8: return GATUN_PRECISION_INT8;
  }
  return GATUN_PRECISION_FP32;
}

gatun_model_info describe(const encoder::Graph& graph) {
  const model::EncoderConfig& config = graph.config;
  gatun_model_info info{};
  info.family = family_number(config.family);
  info.head = head_number(config.head);
  info.pooling = pooling_number(config.pooling);
  info.normalized = config.normalized ? 1 : 0;
  info.hidden_size = static_cast<int32_t>(config.hidden_size);
  info.layers = static_cast<int32_t>(graph.layers.size());
  info.attention_heads = static_cast<int32_t>(config.attention_heads);
  info.vocabulary = static_cast<int32_t>(config.vocabulary);
  info.positions_max = static_cast<int32_t>(config.positions_max);
  info.token_types = static_cast<int32_t>(config.token_types);
  info.labels = static_cast<int32_t>(graph.labels());
  info.precision = precision_number(graph.precision);
  info.parameters = graph.parameters;
  info.resident_bytes = graph.memory.resident_bytes();
  info.mapped_bytes = graph.memory.mapped_bytes();
  for (const auto& rotary : graph.rotaries) info.resident_bytes += rotary->bytes();
  return info;
}

backend::Precision translate_precision(int32_t precision) {
  switch (precision) {
    case 0:
    case GATUN_PRECISION_FP32: return backend::Precision::kF32;
    case GATUN_PRECISION_BF16: return backend::Precision::kBf16;
    case GATUN_PRECISION_INT8: return backend::Precision::kInt8;
    default:
      throw Failure(ErrorCode::kArgument, "options.precision is " + std::to_string(precision) +
                                              ", not a GATUN_PRECISION_*");
  }
}

encoder::LoadOptions translate(const gatun_model_options* options, int64_t options_bytes) {
  if (options == nullptr) {
    require(options_bytes == 0, "options is NULL but options_bytes not 0");
    return {};
  }
  require(options_bytes >= static_cast<int64_t>(sizeof(gatun_model_options)),
          "options_bytes is smaller than gatun_model_options");
  require(options->threads >= 0 && options->threads <= kThreadsMax,
          "options.threads is not 0 … 256");
  require(options->cache_directory == nullptr ? options->cache_directory_length == 0
                                              : options->cache_directory_length > 0,
          "options.cache_directory_length must be more than 0, or 0 with cache_directory NULL");
  require(options->cache_bytes_max >= 0, "options.cache_bytes_max is negative");
  encoder::LoadOptions load;
  load.precision = translate_precision(options->precision);
  load.threads = options->threads;
  load.progress = options->progress;
  return load;
}

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

encoder::Wanted translate(const encoder::Graph& graph, const encoder::Batch& batch,
                          gatun_output& output) {
  const encoder::Wanted wanted{translate_kind(output.kind), output.layer, output.values};
  const encoder::Shape shape = encoder::shape_of(graph, batch, wanted.kind, wanted.layer);
  output.rows = shape.rows;
  output.columns = shape.columns;
  require(output.values != nullptr, "output.values is NULL");
  if (output.capacity < shape.rows * shape.columns) {
    throw Failure(ErrorCode::kArgument, "output.capacity is " + std::to_string(output.capacity) +
                                            " floats; this result has " +
                                            std::to_string(shape.rows) + " × " +
                                            std::to_string(shape.columns));
  }
  return wanted;
}

void run(gatun_lane& lane, const encoder::Graph& graph, const gatun_batch& packed,
         gatun_output* outputs, int32_t output_count) {
  const Running running(lane);
  const encoder::Batch batch = translate(packed);
  encoder::check_batch(graph, batch);
  lane.wanted.clear();
  for (int32_t i = 0; i < output_count; ++i) {
    lane.wanted.push_back(translate(graph, batch, outputs[i]));
  }
  encoder::encode(graph, *lane.lane, batch, lane.wanted);
}

std::string describe_runtime() {
  const backend::Backend& device = backend::best();
  return "{\"version\":\"" GATUN_VERSION "\",\"abi\":" + std::to_string(GATUN_ABI_VERSION) +
         ",\"backend\":\"" + device.name() + "\",\"isa\":\"" + device.isa() +
         "\",\"isa_detected\":\"" + device.isa_detected() +
         "\",\"cpus\":" + std::to_string(std::thread::hardware_concurrency()) + "}";
}

}  // namespace

int32_t gatun_abi_version(void) { return GATUN_ABI_VERSION; }

int64_t gatun_runtime_describe(char* text, int64_t capacity, gatun_error* error) {
  return guarded(
      error, [](int32_t) { return int64_t{-1}; },
      [&] {
        require(capacity >= 0 && (text != nullptr || capacity == 0),
                "text is NULL or capacity negative");
        const std::string facts = describe_runtime();
        const auto length = static_cast<int64_t>(facts.size());
        if (capacity > 0) {
          const auto copied = static_cast<size_t>(std::min(length, capacity - 1));
          std::memcpy(text, facts.data(), copied);
          text[copied] = '\0';
        }
        return length;
      });
}

gatun_model* gatun_model_open(const char* directory, int64_t directory_length,
                              const gatun_model_options* options, int64_t options_bytes,
                              gatun_error* error) {
  return guarded(
      error, [](int32_t) { return static_cast<gatun_model*>(nullptr); },
      [&] {
        require(directory != nullptr && directory_length >= 0,
                "directory is NULL or its length negative");
        const encoder::LoadOptions load = translate(options, options_bytes);
        const model::Folder folder({directory, static_cast<size_t>(directory_length)});
        return new gatun_model{encoder::build_graph(folder, backend::best(), load)};
      });
}

void gatun_model_close(gatun_model* model) { delete model; }

int32_t gatun_model_describe(const gatun_model* model, gatun_model_info* info, int64_t info_bytes,
                             gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(model != nullptr, "model is NULL");
    require(info != nullptr && info_bytes >= static_cast<int64_t>(sizeof(gatun_model_info)),
            "info is NULL or info_bytes smaller than gatun_model_info");
    *info = describe(model->graph);
    return int32_t{GATUN_OK};
  });
}

gatun_lane* gatun_lane_open(int32_t threads, gatun_error* error) {
  return guarded(
      error, [](int32_t) { return static_cast<gatun_lane*>(nullptr); },
      [&] {
        require(threads >= 1 && threads <= kThreadsMax, "threads is not 1 … 256");
        auto lane = std::make_unique<gatun_lane>(backend::best().open_lane(threads));
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
    lane->lane->reserve(backend::Workspace::kRun, encoder::workspace_floats(model->graph, tokens));
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
    require(lane != nullptr && model != nullptr && batch != nullptr,
            "lane, model or batch is NULL");
    require(outputs != nullptr && output_count >= 1 && output_count <= kOutputsMax,
            "outputs is NULL or output_count not 1 … 64");
    run(*lane, model->graph, *batch, outputs, output_count);
    return int32_t{GATUN_OK};
  });
}
