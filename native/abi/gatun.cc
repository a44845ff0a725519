// The models of gatun.h: arguments are checked and translated here, and nothing is computed.
#include "gatun.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <thread>

#include "abi/error.h"
#include "abi/handles.h"
#include "abi/text.h"
#include "backend/registry.h"
#include "encoder/build_graph.h"

using gatun::code_of;
using gatun::ErrorCode;
using gatun::Failure;
using gatun::guarded;
using gatun::head_number;
using gatun::kThreadsMax;
using gatun::pooling_number;
using gatun::require;
namespace backend = gatun::backend;
namespace encoder = gatun::encoder;
namespace model = gatun::model;

namespace {

int32_t family_number(model::Family family) {
  switch (family) {
    case model::Family::kBert: return GATUN_FAMILY_BERT;
    case model::Family::kModernBert: return GATUN_FAMILY_MODERNBERT;
    case model::Family::kQwen3: return GATUN_FAMILY_QWEN3;
    case model::Family::kGemma3: return GATUN_FAMILY_GEMMA3;
  }
  return 0;
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
  info.embedding_size = static_cast<int32_t>(config.embedding_size());
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

const char* word(encoder::Origin::Cache cache) {
  switch (cache) {
    case encoder::Origin::Cache::kOff: return "off";
    case encoder::Origin::Cache::kMapped: return "mapped";
    case encoder::Origin::Cache::kWritten: return "written";
    case encoder::Origin::Cache::kUnused: return "unused";
  }
  return "off";
}

std::string describe(const encoder::Origin& origin) {
  std::string json = std::string("{\"cache\":\"") + word(origin.cache) + "\"";
  if (!origin.file.empty()) json += ",\"file\":" + gatun::quoted(origin.file);
  json += ",\"digests\":{";
  for (size_t i = 0; i < origin.digests.size(); ++i) {
    const auto& [file, digest] = origin.digests[i];
    json += (i == 0 ? "" : ",") + gatun::quoted(file) + ":" + gatun::quoted(digest);
  }
  json += "},\"warnings\":[";
  for (size_t i = 0; i < origin.warnings.size(); ++i) {
    json += (i == 0 ? "" : ",") + gatun::quoted(origin.warnings[i]);
  }
  return json + "]}";
}

backend::Precision translate_precision(int32_t precision) {
  switch (precision) {
    case 0:
    case GATUN_PRECISION_FP32: return backend::Precision::kF32;
    case GATUN_PRECISION_BF16: return backend::Precision::kBf16;
    case GATUN_PRECISION_INT8: return backend::Precision::kInt8;
    default:
      throw Failure(ErrorCode::kArgument,
                    "precision is " + std::to_string(precision) + ", not a GATUN_PRECISION_*");
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
  if (options->cache_directory != nullptr) {
    load.cache_directory.assign(options->cache_directory,
                                static_cast<size_t>(options->cache_directory_length));
  }
  if (options->cache_bytes_max > 0) load.cache_bytes_max = options->cache_bytes_max;
  return load;
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
        return gatun::copy_out(describe_runtime(), text, capacity);
      });
}

int32_t gatun_machine_peak(int32_t precision, int32_t threads, double* operations_per_second,
                           gatun_error* error) {
  return guarded(error, code_of, [&] {
    require(operations_per_second != nullptr, "operations_per_second is NULL");
    require(threads >= 1 && threads <= kThreadsMax, "threads is not 1 … 256");
    require(precision != 0, "precision is 0, not a GATUN_PRECISION_*");
    *operations_per_second = backend::best().peak(translate_precision(precision), threads);
    return GATUN_OK;
  });
}

int32_t gatun_runtime_limit_isa(const char* name, int64_t name_length, gatun_error* error) {
  return guarded(error, gatun::code_of, [&] {
    require(name != nullptr && name_length > 0, "name is NULL or its length not more than 0");
    backend::limit_isa({name, static_cast<size_t>(name_length)});
    return int32_t{GATUN_OK};
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
        auto model = std::make_unique<gatun_model>(folder);
        model->graph = encoder::build_graph(folder, backend::best(), load, model->origin);
        return model.release();
      });
}

void gatun_model_close(gatun_model* model) { delete model; }

int64_t gatun_model_origin(const gatun_model* model, char* text, int64_t capacity,
                           gatun_error* error) {
  return guarded(
      error, [](int32_t) { return int64_t{-1}; },
      [&] {
        require(model != nullptr, "model is NULL");
        require(capacity >= 0 && (text != nullptr || capacity == 0),
                "text is NULL or capacity negative");
        return gatun::copy_out(describe(model->origin), text, capacity);
      });
}

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
