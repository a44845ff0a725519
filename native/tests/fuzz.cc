// Opens damaged model folders, adapters and packed weights, then calls lanes in any order, over and
// over: gatun_fuzz ITERATIONS SEED. Prints the seed of the iteration that fails, so `gatun_fuzz 1
// SEED` repeats it. Meant for the asan preset.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <random>
#include <vector>

#include "tests/support.h"
#include "weights/weight_file.h"

namespace gatun::tests {
namespace {

namespace fs = std::filesystem;
using Random = std::mt19937_64;

size_t below(Random& random, size_t bound) { return bound == 0 ? 0 : random() % bound; }

void damage_bytes(Random& random, std::string& text) {
  const size_t at = below(random, text.size());
  switch (random() % 5) {
    case 0:
      if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
      break;
    case 1:
      if (!text.empty()) text[at] = static_cast<char>(random());
      break;
    case 2: text.erase(at, 1 + below(random, 20)); break;
    case 3: text.insert(at, text.substr(below(random, text.size()), below(random, 60))); break;
    default: text.resize(at);
  }
}

/// Replaces one number or one word by something a reader may not expect.
void damage_token(Random& random, std::string& text) {
  static const char* const kValues[] = {"0",
                                        "-1",
                                        "1",
                                        "2",
                                        "3",
                                        "7",
                                        "15",
                                        "17",
                                        "64",
                                        "255",
                                        "1024",
                                        "65536",
                                        "2147483647",
                                        "2147483648",
                                        "4294967296",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "18446744073709551615",
                                        "1e308",
                                        "0.5",
                                        "-0",
                                        "null",
                                        "true",
                                        "\"x\"",
                                        "[]",
                                        "{}",
                                        "\"F16\"",
                                        "\"F64\"",
                                        "\"mean\"",
                                        "\"silu\"",
                                        "\"yarn\"",
                                        "\"relu\"",
                                        "\"full_attention\""};
  const size_t start = below(random, text.size());
  const size_t digit = text.find_first_of("0123456789", start);
  const size_t quote = text.find('"', start);
  if (digit == std::string::npos || quote == std::string::npos) return;
  const bool number = random() % 3 != 0;
  const size_t first = number ? digit : quote;
  const size_t end =
      number ? text.find_first_not_of("0123456789.e-", first) : text.find('"', first + 1);
  if (end == std::string::npos) return;
  text.replace(first, end - first + (number ? 0 : 1), kValues[below(random, std::size(kValues))]);
}

void damage_json(Random& random, std::string& text) {
  for (size_t times = 1 + below(random, 3); times > 0; --times) {
    random() % 3 == 0 ? damage_bytes(random, text) : damage_token(random, text);
  }
}

void damage(Random& random, const fs::path& file) {
  std::string bytes = read_file(file);
  if (file.extension() != ".safetensors") {
    damage_json(random, bytes);
  } else if (random() % 4 == 0) {
    damage_bytes(random, bytes);
  } else {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    std::string header = bytes.substr(sizeof(length), length);
    damage_json(random, header);
    const uint64_t edited = header.size();
    bytes = bytes.substr(0, sizeof(length)) + header + bytes.substr(sizeof(length) + length);
    std::memcpy(bytes.data(), &edited, sizeof(edited));
  }
  write_file(file, bytes);
}

/// Another number in one field of one section; checksums will be right.
void damage_section(Random& random, std::vector<weights::Section>& sections) {
  static constexpr int64_t kValues[] = {0,  1,    -1,        3,         63,       64,
                                        65, 4096, INT32_MAX, INT64_MAX, INT64_MIN};
  if (sections.empty()) return;
  weights::Section& section = sections[below(random, sections.size())];
  const int64_t value = kValues[below(random, std::size(kValues))];
  switch (random() % 12) {
    case 0: section.rows = value; break;
    case 1: section.columns = value; break;
    case 2: section.bytes = value; break;
    case 3: section.offset = value; break;
    case 4: section.type = static_cast<uint32_t>(value); break;
    case 5: section.kind = static_cast<weights::Kind>(value); break;
    case 6: section.bias = !section.bias; break;
    case 7: section.smoothed = !section.smoothed; break;
    case 8: section.keeps = !section.keeps; break;
    case 9: section.pairs_end = value; break;
    case 10: section.pairs_group = value; break;
    default: std::swap(section, sections[below(random, sections.size())]);
  }
}

/// Damages a file of packed weights, in its bytes or, with right checksums, in its table.
void damage_weights(Random& random, const fs::path& file) {
  std::string bytes = read_file(file);
  if (random() % 4 == 0) {
    damage_bytes(random, bytes);
    return write_file(file, bytes);
  }
  if (random() % 2 == 0) {
    std::string head = bytes.substr(0, 4096);
    damage_bytes(random, head);
    return write_file(file, head + bytes.substr(std::min<size_t>(bytes.size(), 4096)));
  }
  weights::WeightFile head = weights::decode_head(std::as_bytes(std::span(bytes)));
  const std::string payload = bytes.substr(static_cast<size_t>(head.payload));
  for (size_t times = 1 + below(random, 3); times > 0; --times) {
    damage_section(random, head.sections);
  }
  write_file(file, weights::encode_head(head.key, head.description, head.sections,
                                        static_cast<int64_t>(payload.size())) +
                       payload);
}

/// True when a model loads and runs whatever has happened to its packed weights.
bool survives_cache(Random& random, const fs::path& model, gatun_lane* lane) {
  const TemporaryFolder cache;
  const auto precision =
      static_cast<int32_t>(GATUN_PRECISION_FP32 + random() % 3);  // bf16 and int8 follow it
  gatun_error error;
  const model::Json written = origin(open_cached(model, cache.path(), &error, precision).get());
  damage_weights(random, written.find("file")->text);
  const ModelHandle opened = open_cached(model, cache.path(), &error, precision);
  if (opened == nullptr) {
    std::printf("code %d: %s\n", error.code, error.message);
    return false;
  }
  PackedBatch batch;
  batch.add({1, 2, 3, 0});
  return run(lane, opened.get(), batch, {{GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}})[0].rows == 4;
}

/// True when the folder is refused properly, or loads and runs.
bool survives(const fs::path& folder, gatun_lane* lane) {
  gatun_error error;
  const ModelHandle model = open_model(folder, &error);
  if (model == nullptr) {
    const bool proper =
        error.code != GATUN_OK && error.code != GATUN_ERROR_INTERNAL && error.message[0] != '\0';
    if (!proper) std::printf("code %d: %s\n", error.code, error.message);
    return proper;
  }
  const gatun_model_info info = describe(model.get());
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < std::min(info.positions_max, 40); ++i) {
    ids.push_back(i % info.vocabulary);
  }
  PackedBatch batch;
  batch.add(ids);
  batch.add({0});
  std::vector<std::pair<int32_t, int32_t>> kinds = {{GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}};
  if (info.head != GATUN_HEAD_NONE) kinds.emplace_back(GATUN_OUTPUT_LOGITS, 0);
  if (info.pooling != GATUN_POOLING_NONE) kinds.emplace_back(GATUN_OUTPUT_EMBEDDING, 0);
  const std::vector<Result> results = run(lane, model.get(), batch, kinds);
  return results[0].rows == batch.tokens();
}

/// True when the task is refused properly, or opens and runs.
bool task_survives(const fs::path& folder, const gatun_model* model, gatun_lane* lane,
                   int32_t form) {
  gatun_error error;
  const TaskHandle task = open_task(model, folder, form, &error);
  if (task == nullptr) {
    const bool proper = error.code != GATUN_ERROR_INTERNAL && error.message[0] != '\0';
    if (!proper) std::printf("code %d: %s\n", error.code, error.message);
    return proper;
  }
  PackedBatch batch;
  batch.add({1, 2, 3, 4, 5});
  batch.add({0});
  Outputs outputs(model, batch, {{GATUN_OUTPUT_HIDDEN, GATUN_LAYER_FINAL}});
  outputs.data()->task = task.get();
  const gatun_batch view = batch.view();
  return gatun_lane_run(lane, model, &view, outputs.data(), 1, &error) == GATUN_OK;
}

/// A batch that is mostly valid.
PackedBatch any_batch(Random& random, const gatun_model_info& info) {
  PackedBatch batch;
  for (size_t sequences = 1 + below(random, 3); sequences > 0; --sequences) {
    std::vector<int32_t> ids(1 + below(random, std::min<size_t>(info.positions_max, 90)));
    for (int32_t& id : ids) id = static_cast<int32_t>(random() % info.vocabulary);
    batch.add(ids);
  }
  if (random() % 8 == 0)
    batch.ids[below(random, batch.ids.size())] = static_cast<int32_t>(random());
  if (random() % 8 == 0) {
    batch.offsets[below(random, batch.offsets.size())] = static_cast<int32_t>(random());
  }
  return batch;
}

/// Calls a lane's functions in any order; false when one answers what it must not.
bool any_calls(Random& random, gatun_lane* lane, const gatun_model* model) {
  const gatun_model_info info = describe(model);
  const std::vector<std::pair<int32_t, int32_t>> kinds = {
      {GATUN_OUTPUT_HIDDEN, static_cast<int32_t>(random() % 4) - 1}};
  PackedBatch begun = any_batch(random, info);
  Outputs under_way(model, begun, kinds);
  gatun_error error;
  for (int calls = 0; calls < 12; ++calls) {
    int32_t code = GATUN_OK;
    switch (random() % 5) {
      case 0: {
        const gatun_batch view = begun.view();
        code = gatun_lane_begin(lane, model, &view, under_way.data(), 1, &error);
        break;
      }
      case 1:
      case 2:
        code = gatun_lane_advance(lane, static_cast<int64_t>(random() % 40) - 1, &error);
        break;
      case 3: {
        const PackedBatch batch = any_batch(random, info);
        Outputs outputs(model, batch, kinds);
        const gatun_batch view = batch.view();
        code = gatun_lane_run(lane, model, &view, outputs.data(), 1, &error);
        break;
      }
      default: code = gatun_lane_cancel(lane, &error);
    }
    if (code != GATUN_OK && code != GATUN_PAUSED && code != GATUN_ERROR_ARGUMENT &&
        code != GATUN_ERROR_BUSY) {
      std::printf("code %d: %s\n", code, error.message);
      return false;
    }
  }
  return gatun_lane_cancel(lane, &error) == GATUN_OK;
}

int fuzz_files(int64_t iterations, uint64_t seed) {
  const fs::path set = own_golden_set();
  const std::vector<fs::path> originals = {
      set / "errors/control-ok", set / "errors/control-sharded-ok", set / "models/qwen3-grouped",
      set / "models/embeddinggemma-windows"};
  const LaneHandle lane = open_lane(2);
  int64_t opened = 0;
  for (int64_t i = 0; i < iterations; ++i, ++seed) {
    Random random(seed);
    const TemporaryFolder folder(originals[below(random, originals.size())]);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      if (name == "config.json" || name.starts_with("mod")) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (random() % 16 == 0 && !survives_cache(random, folder.path(), lane.get())) {
      std::printf("failed: gatun_fuzz 1 %llu\n", static_cast<unsigned long long>(seed));
      return 1;
    }
    damage(random, files[below(random, files.size())]);
    if (!survives(folder.path(), lane.get())) {
      std::printf("failed: gatun_fuzz 1 %llu\n", static_cast<unsigned long long>(seed));
      return 1;
    }
    gatun_error error;
    opened += open_model(folder.path(), &error) != nullptr ? 1 : 0;
  }
  std::printf("%lld damaged folders, %lld of them still valid\n",
              static_cast<long long>(iterations), static_cast<long long>(opened));
  return 0;
}

int fuzz_tasks(int64_t iterations, uint64_t seed) {
  const fs::path set = own_golden_set();
  const LaneHandle lane = open_lane(1);
  const ModelHandle base = open_model(set / "errors/control-ok");
  for (int64_t i = 0; i < iterations; ++i, ++seed) {
    Random random(seed);
    const TemporaryFolder folder(set / "errors/adapter-control-ok");
    const bool config = random() % 2 == 0;
    damage(random, folder.path() / (config ? "adapter_config.json" : "adapter_model.safetensors"));
    const auto form = static_cast<int32_t>(1 + random() % 3);
    if (task_survives(folder.path(), base.get(), lane.get(), form)) continue;
    std::printf("failed: gatun_fuzz 1 %llu\n", static_cast<unsigned long long>(seed));
    return 1;
  }
  std::printf("%lld damaged adapters\n", static_cast<long long>(iterations));
  return 0;
}

int fuzz_lanes(int64_t iterations, uint64_t seed) {
  const LaneHandle lane = open_lane(2);
  const fs::path set = own_golden_set() / "models";
  const ModelHandle models[] = {open_model(set / "bert-seqcls"),
                                open_model(set / "variant-orig-mod"),
                                open_model(set / "embeddinggemma-windows")};
  for (int64_t i = 0; i < iterations; ++i, ++seed) {
    Random random(seed);
    if (any_calls(random, lane.get(), models[random() % std::size(models)].get())) continue;
    std::printf("failed: gatun_fuzz 1 %llu\n", static_cast<unsigned long long>(seed));
    return 1;
  }
  std::printf("%lld rows of calls\n", static_cast<long long>(iterations));
  return 0;
}

}  // namespace
}  // namespace gatun::tests

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: gatun_fuzz ITERATIONS SEED\n", stderr);
    return 2;
  }
  const int64_t iterations = std::atoll(arguments[1]);
  const uint64_t seed = std::strtoull(arguments[2], nullptr, 10);
  for (const auto& part :
       {gatun::tests::fuzz_files, gatun::tests::fuzz_tasks, gatun::tests::fuzz_lanes}) {
    const int status = part(iterations, seed);
    if (status != 0) return status;
  }
  return 0;
}
