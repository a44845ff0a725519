// A sentence-transformers folder: modules.json lists the steps after the trunk; the folder of the
// pooling step says how tokens become one vector, those of dense layers hold weights.
// sentence_bert_config.json only suggests a length, which is the caller's to choose, and is not
// read.
#include <array>
#include <string>

#include "model/families.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr char kModules[] = "modules.json";

/// The last word of "sentence_transformers.models.Pooling".
std::string step_name(const std::string& type) { return type.substr(type.rfind('.') + 1); }

Pooling read_pooling(const Folder& folder, const std::string& directory,
                     const EncoderConfig& encoder) {
  struct Mode {
    const char* key;
    Pooling pooling;
  };
  static constexpr std::array<Mode, 7> kModes = {
      {{"pooling_mode_cls_token", Pooling::kCls},
       {"pooling_mode_mean_tokens", Pooling::kMean},
       {"pooling_mode_max_tokens", Pooling::kUnspecified},
       {"pooling_mode_mean_sqrt_len_tokens", Pooling::kUnspecified},
       {"pooling_mode_weightedmean_tokens", Pooling::kUnspecified},
       {"pooling_mode_lasttoken", Pooling::kLast},
       {"pooling_mode_last_token", Pooling::kLast}}};
  const std::string file = directory + "/config.json";
  const Json json = folder.json(file);
  const ConfigReader config(json, file);
  const int64_t width =
      config.integer("word_embedding_dimension", 1, kHiddenMax, encoder.hidden_size);
  if (width != encoder.hidden_size) {
    config.fail("word_embedding_dimension", "is " + std::to_string(width) +
                                                ", but config.json's hidden_size is " +
                                                std::to_string(encoder.hidden_size));
  }
  if (config.find("pooling_mode") != nullptr) {
    static constexpr std::array<Word<Pooling>, 3> kWords = {
        {{"cls", Pooling::kCls}, {"mean", Pooling::kMean}, {"lasttoken", Pooling::kLast}}};
    return config.word<Pooling>("pooling_mode", "", kWords);
  }
  const Mode* chosen = nullptr;
  for (const Mode& mode : kModes) {
    if (!config.boolean(mode.key, false)) continue;
    if (chosen != nullptr) {
      config.unsupported(mode.key, std::string("pooling by several modes (with ") + chosen->key +
                                       ") is not supported");
    }
    chosen = &mode;
  }
  if (chosen == nullptr) config.fail("pooling_mode_*", "no pooling mode is true");
  if (chosen->pooling == Pooling::kUnspecified) {
    config.unsupported(chosen->key,
                       "this pooling is not supported; expected pooling_mode_cls_token, "
                       "pooling_mode_mean_tokens or pooling_mode_lasttoken");
  }
  return chosen->pooling;
}

/// Class of torch, by its last word.
Activation read_activation(const ConfigReader& config) {
  static constexpr std::array<Word<Activation>, 5> kWords = {{{"Identity", Activation::kNone},
                                                              {"Tanh", Activation::kTanh},
                                                              {"GELU", Activation::kGeluErf},
                                                              {"ReLU", Activation::kRelu},
                                                              {"SiLU", Activation::kSilu}}};
  constexpr char kKey[] = "activation_function";
  Json word;
  word.kind = Json::Kind::kString;
  word.text = step_name(config.text(kKey, "torch.nn.modules.activation.Tanh"));
  return config.word_of<Activation>(kKey, word, kWords);
}

DenseModule read_dense(const Folder& folder, const std::string& directory, int64_t width) {
  const std::string file = directory + "/config.json";
  const Json json = folder.json(file);
  const ConfigReader config(json, file);
  DenseModule dense;
  dense.folder = directory;
  dense.inputs = config.integer("in_features", 1, kHiddenMax);
  dense.outputs = config.integer("out_features", 1, kHiddenMax);
  dense.bias = config.boolean("bias", true);
  dense.activation = read_activation(config);
  if (dense.inputs != width) {
    config.fail("in_features", "is " + std::to_string(dense.inputs) + ", but the step before has " +
                                   std::to_string(width) + " values");
  }
  return dense;
}

/// Folder of a step, inside the model's.
std::string read_path(const ConfigReader& module) {
  const std::string path = module.text("path", "");
  if (!is_plain_file_name(path)) {
    module.fail("path", "\"" + path + "\" is not a folder of this model");
  }
  return path;
}

}  // namespace

void read_sentence_transformers(const Folder& folder, EncoderConfig& encoder) {
  const std::optional<Json> modules = folder.json_if_present(kModules);
  if (!modules) return;
  if (!modules->is(Json::Kind::kArray)) {
    throw Failure(ErrorCode::kFormat, std::string(kModules) + ": expected an array of modules");
  }
  for (size_t i = 0; i < modules->items.size(); ++i) {
    const ConfigReader module(modules->items[i],
                              std::string(kModules) + "[" + std::to_string(i) + "]");
    const std::string type = module.text("type", "");
    const std::string step = step_name(type);
    if (step == "Transformer" && i == 0) {
      if (!module.text("path", "").empty()) {
        module.unsupported("path", "a trunk in a folder of its own");
      }
    } else if (step == "Pooling" && i > 0 && encoder.pooling == Pooling::kUnspecified) {
      encoder.pooling = read_pooling(folder, read_path(module), encoder);
    } else if (step == "Dense" && encoder.pooling != Pooling::kUnspecified && !encoder.normalized) {
      encoder.dense.push_back(read_dense(folder, read_path(module), encoder.embedding_size()));
    } else if (step == "Normalize" && encoder.pooling != Pooling::kUnspecified) {
      encoder.normalized = true;
    } else {
      module.unsupported("type", "\"" + type + "\" is not supported here; expected Transformer, " +
                                     "Pooling, then Dense or none, then at most Normalize");
    }
  }
}

}  // namespace gatun::model
