#include "model/adapter_config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/config_reader.h"
#include "model/families.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr size_t kPatternsMax = 512;
constexpr double kAlphaMax = 1e9;

/// Keys of a LoRA configuration that ask for other arithmetic when they say anything; so does every
/// use_… but use_rslora.
constexpr std::array<std::string_view, 9> kOtherArithmetic = {
    "alora_invocation_tokens", "arrow_config",      "kasa_config",
    "monteclora_config",       "velora_config",     "megatron_config",
    "layer_replication",       "target_parameters", "trainable_token_indices"};

/// Initialisations that change the base's own weights, so that the adapter only fits that base.
constexpr std::array<std::string_view, 5> kOtherBase = {"pissa", "olora", "corda", "lora_ga",
                                                        "loftq"};

bool is_empty(const Json& value) {
  switch (value.kind) {
    case Json::Kind::kNull: return true;
    case Json::Kind::kBool: return !value.boolean;
    case Json::Kind::kNumber: return value.number == 0;
    case Json::Kind::kString: return value.text.empty();
    case Json::Kind::kArray: return value.items.empty();
    case Json::Kind::kObject: return value.members.empty();
  }
  return true;
}

bool asks_for_other_arithmetic(std::string_view key) {
  if (key.starts_with("use_")) return key != "use_rslora";
  return std::find(kOtherArithmetic.begin(), kOtherArithmetic.end(), key) != kOtherArithmetic.end();
}

void refuse_other_kinds(const Json& json, const ConfigReader& config) {
  const std::string type = config.text("peft_type", "");
  if (type != "LORA") {
    config.unsupported("peft_type", "\"" + type + "\" is not supported; expected LORA");
  }
  for (const auto& [key, value] : json.members) {
    if (!asks_for_other_arithmetic(key) || is_empty(value)) continue;
    config.unsupported(key, excerpt(value) + " is not supported: it is another formula than B·A");
  }
  const Json* init = config.find("init_lora_weights");
  if (init == nullptr || !init->is(Json::Kind::kString)) return;
  for (const std::string_view word : kOtherBase) {
    if (!init->text.starts_with(word)) continue;
    config.unsupported("init_lora_weights",
                       excerpt(*init) + " is not supported: it changes the base's weights; save " +
                           "the adapter as a plain LoRA first");
  }
}

std::vector<std::string> read_names(const ConfigReader& config, std::string_view key) {
  std::vector<std::string> names;
  const Json* list = config.array(key);
  if (list == nullptr) return names;
  for (const Json& item : list->items) {
    if (!item.is(Json::Kind::kString)) {
      config.fail(key, "holds " + excerpt(item) + "; expected module names");
    }
    names.push_back(item.text);
  }
  return names;
}

std::string label_of(const ConfigReader& config, std::string_view key) {
  return config.name() + ": " + std::string(key);
}

/// Absent, a list of names or an expression.
ModuleChoice read_choice(const ConfigReader& config, std::string_view key) {
  ModuleChoice choice;
  const Json* value = config.find(key);
  if (value == nullptr) return choice;
  if (value->is(Json::Kind::kString)) {
    choice.expression.emplace(value->text, label_of(config, key));
  } else {
    choice.names = read_names(config, key);
  }
  return choice;
}

/// PEFT takes the first key whose expression matches the end of a path at a module's border.
template <class Value, class Read>
std::vector<std::pair<Pattern, Value>> read_patterns(const ConfigReader& config,
                                                     std::string_view key, const Read& read) {
  std::vector<std::pair<Pattern, Value>> patterns;
  const Json* object = config.find(key);
  if (object == nullptr) return patterns;
  const std::string label = label_of(config, key);
  const ConfigReader entries(*object, label);
  if (object->members.size() > kPatternsMax) {
    config.unsupported(key, "has more than " + std::to_string(kPatternsMax) + " entries");
  }
  for (const auto& [expression, value] : object->members) {
    patterns.emplace_back(Pattern("(.*\\.)?(" + expression + ")", label),
                          read(entries, expression));
  }
  return patterns;
}

std::optional<HeadKind> read_task_type(const ConfigReader& config) {
  static constexpr std::array<Word<std::optional<HeadKind>>, 4> kTypes = {
      {{"SEQ_CLS", HeadKind::kSequence},
       {"TOKEN_CLS", HeadKind::kToken},
       {"FEATURE_EXTRACTION", std::nullopt},
       {"", std::nullopt}}};
  return config.word<std::optional<HeadKind>>("task_type", "", kTypes);
}

bool read_bias(const ConfigReader& config) {
  static constexpr std::array<Word<bool>, 3> kWords = {
      {{"none", false}, {"all", true}, {"lora_only", true}}};
  return config.word<bool>("bias", "none", kWords);
}

std::vector<int64_t> read_layers(const ConfigReader& config) {
  std::vector<int64_t> layers;
  const Json* value = config.find("layers_to_transform");
  if (value == nullptr) return layers;
  if (!value->is(Json::Kind::kArray)) {
    return {config.integer("layers_to_transform", 0, kLayersMax)};
  }
  for (const Json& item : value->items) {
    if (!item.integral) {
      config.fail("layers_to_transform", "holds " + excerpt(item) + "; expected layer numbers");
    }
    layers.push_back(item.integer);
  }
  return layers;
}

/// What may stand before the number of one of the layers.
std::vector<Pattern> read_layer_patterns(const ConfigReader& config) {
  std::vector<std::string> words;
  const Json* value = config.find("layers_pattern");
  if (value != nullptr && value->is(Json::Kind::kString)) {
    words.push_back(value->text);
  } else {
    words = read_names(config, "layers_pattern");
  }
  if (words.empty()) words.emplace_back("[^.]*");
  std::vector<Pattern> patterns;
  for (const std::string& word : words) {
    patterns.emplace_back(".*\\.(" + word + ")", label_of(config, "layers_pattern"));
  }
  return patterns;
}

template <class Value>
Value first_match(const std::vector<std::pair<Pattern, Value>>& patterns, std::string_view path,
                  Value otherwise) {
  for (const auto& [pattern, value] : patterns) {
    if (pattern.matches(path)) return value;
  }
  return otherwise;
}

/// Every ".<digits>." of a path: what is before it, and the number.
std::optional<int64_t> number_behind(const Pattern& before, std::string_view path) {
  for (size_t dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = path.rfind('.', dot - 1)) {
    const size_t start = path.rfind('.', dot - 1);
    if (start == std::string_view::npos) break;
    const std::string_view digits = path.substr(start + 1, dot - start - 1);
    if (digits.empty() || digits.size() > 6 ||
        digits.find_first_not_of("0123456789") != std::string_view::npos) {
      continue;
    }
    if (before.matches(path.substr(0, start))) return std::stoll(std::string(digits));
  }
  return std::nullopt;
}

}  // namespace

bool ModuleChoice::includes(std::string_view path) const {
  if (expression) return expression->matches(path);
  for (const std::string& name : names) {
    if (path == name) return true;
    if (path.size() > name.size() && path.ends_with(name) &&
        path[path.size() - name.size() - 1] == '.') {
      return true;
    }
  }
  return false;
}

int64_t AdapterConfig::rank(std::string_view path) const { return first_match(ranks_, path, r_); }

double AdapterConfig::scale(std::string_view path) const {
  const auto r = static_cast<double>(rank(path));
  return first_match(alphas_, path, alpha_) / (rank_stabilized_ ? std::sqrt(r) : r);
}

std::optional<bool> AdapterConfig::targets(std::string_view path) const {
  if (!every_linear_ && !target_modules_.stated()) return std::nullopt;
  if (exclude_modules_.includes(path)) return false;
  if (!every_linear_ && !target_modules_.includes(path)) return false;
  if (layers_.empty() || target_modules_.expression) return true;
  for (const Pattern& pattern : layer_patterns_) {
    const std::optional<int64_t> layer = number_behind(pattern, path);
    if (!layer) continue;
    for (const int64_t wanted : layers_) {
      if (wanted == *layer) return true;
    }
    return false;
  }
  return false;
}

AdapterConfig read_adapter_config(const Folder& folder) {
  const Json json = folder.json(kAdapterConfigFile);
  const ConfigReader config(json, kAdapterConfigFile);
  refuse_other_kinds(json, config);
  AdapterConfig adapter;
  adapter.head = read_task_type(config);
  adapter.r_ = config.integer("r", 1, kHiddenMax, 8);
  adapter.alpha_ = config.real("lora_alpha", 0, kAlphaMax, 8);
  adapter.rank_stabilized_ = config.boolean("use_rslora", false);
  adapter.bias = read_bias(config);
  // PEFT resets it for every module that is stored [out, in], as all of ours are.
  config.boolean("fan_in_fan_out", false);
  adapter.ranks_ = read_patterns<int64_t>(config, "rank_pattern",
                                          [](const ConfigReader& entries, const std::string& key) {
                                            return entries.integer(key, 1, kHiddenMax);
                                          });
  adapter.alphas_ = read_patterns<double>(config, "alpha_pattern",
                                          [](const ConfigReader& entries, const std::string& key) {
                                            return entries.real(key, 0, kAlphaMax, 0);
                                          });
  const Json* targets = config.find("target_modules");
  adapter.every_linear_ =
      targets != nullptr && targets->is(Json::Kind::kString) && targets->text == "all-linear";
  if (!adapter.every_linear_) adapter.target_modules_ = read_choice(config, "target_modules");
  adapter.exclude_modules_ = read_choice(config, "exclude_modules");
  adapter.layers_ = read_layers(config);
  adapter.layer_patterns_ = read_layer_patterns(config);
  adapter.modules_to_save = read_names(config, "modules_to_save");
  return adapter;
}

}  // namespace gatun::model
