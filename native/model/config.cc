#include "model/config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/families.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr char kFile[] = "config.json";

/// One class of transformers per (family, head); checkpoints of language models are trunks whose
/// own head is not computed.
struct Architecture {
  std::string_view name;
  Family family;
  HeadKind head;
};
constexpr std::array<Architecture, 13> kArchitectures = {
    {{"BertModel", Family::kBert, HeadKind::kNone},
     {"BertForMaskedLM", Family::kBert, HeadKind::kNone},
     {"BertForPreTraining", Family::kBert, HeadKind::kNone},
     {"BertForSequenceClassification", Family::kBert, HeadKind::kSequence},
     {"BertForTokenClassification", Family::kBert, HeadKind::kToken},
     {"ModernBertModel", Family::kModernBert, HeadKind::kNone},
     {"ModernBertForMaskedLM", Family::kModernBert, HeadKind::kNone},
     {"ModernBertForSequenceClassification", Family::kModernBert, HeadKind::kSequence},
     {"ModernBertForTokenClassification", Family::kModernBert, HeadKind::kToken},
     {"Qwen3Model", Family::kQwen3, HeadKind::kNone},
     {"Qwen3ForCausalLM", Family::kQwen3, HeadKind::kNone},
     {"Gemma3TextModel", Family::kGemma3, HeadKind::kNone},
     {"Gemma3ForCausalLM", Family::kGemma3, HeadKind::kNone}}};

Family read_family(const ConfigReader& config) {
  static constexpr std::array<Word<Family>, 4> kFamilies = {{{"bert", Family::kBert},
                                                             {"modernbert", Family::kModernBert},
                                                             {"qwen3", Family::kQwen3},
                                                             {"gemma3_text", Family::kGemma3}}};
  if (config.find("model_type") == nullptr) {
    config.fail("model_type", "is missing: nothing says what this model is");
  }
  return config.word<Family>("model_type", "", kFamilies);
}

HeadKind read_head(const ConfigReader& config, Family family) {
  const Json* list = config.array("architectures");
  if (list == nullptr) return HeadKind::kNone;
  if (list->items.size() != 1 || !list->items[0].is(Json::Kind::kString)) {
    config.fail("architectures", "expected an array of one class name");
  }
  std::string expected;
  for (const Architecture& known : kArchitectures) {
    if (known.family != family) continue;
    if (known.name == list->items[0].text) return known.head;
    expected += expected.empty() ? "" : ", ";
    expected += known.name;
  }
  config.unsupported("architectures",
                     excerpt(list->items[0], 200) +
                         " is not supported for this model_type; expected one of " + expected);
}

/// Probabilities are made by softmax over the labels; other heads mean something else by theirs.
void require_single_label(const ConfigReader& config) {
  constexpr std::string_view kOnly = "single_label_classification";
  static constexpr std::array<Word<bool>, 1> kTypes = {{{kOnly, true}}};
  config.word<bool>("problem_type", kOnly, kTypes);
}

/// id2label, else label2id, else num_labels counts the labels. Their names are the caller's.
void read_labels(const ConfigReader& config, EncoderConfig& encoder) {
  for (const char* key : {"id2label", "label2id"}) {
    const Json* labels = config.find(key);
    if (labels == nullptr) continue;
    if (!labels->is(Json::Kind::kObject)) {
      config.fail(key, "is " + excerpt(*labels) + "; expected an object");
    }
    encoder.labels = static_cast<int64_t>(labels->members.size());
    encoder.labels_key = key;
    return;
  }
  encoder.labels = config.integer_if_present("num_labels", 1, kHiddenMax);
  encoder.labels_key = "num_labels";
}

void read_family_keys(const ConfigReader& config, EncoderConfig& encoder) {
  switch (encoder.family) {
    case Family::kBert: read_bert(config, encoder); return;
    case Family::kModernBert: read_modernbert(config, encoder); return;
    case Family::kQwen3: read_qwen3(config, encoder); return;
    case Family::kGemma3: read_gemma3(config, encoder); return;
  }
}

}  // namespace

EncoderConfig read_config(const Folder& folder) {
  const Json json = folder.json(kFile);
  const ConfigReader config(json, kFile);
  EncoderConfig encoder;
  encoder.family = read_family(config);
  encoder.head = read_head(config, encoder.family);
  encoder.head_stated = config.find("architectures") != nullptr;
  read_family_keys(config, encoder);
  if (encoder.head == HeadKind::kNone) {
    read_sentence_transformers(folder, encoder);
  } else {
    require_single_label(config);
    read_labels(config, encoder);
  }
  if (encoder.family == Family::kModernBert) read_contract(config, encoder);
  return encoder;
}

EncoderConfig read_config(const Folder& folder, HeadKind head) {
  const Json json = folder.json(kFile);
  const ConfigReader config(json, kFile);
  EncoderConfig encoder;
  encoder.family = read_family(config);
  encoder.head = head;
  encoder.head_stated = true;
  const bool known = std::any_of(
      kArchitectures.begin(), kArchitectures.end(),
      [&](const Architecture& a) { return a.family == encoder.family && a.head == head; });
  if (!known) config.unsupported("model_type", "a classifier over this model is not supported");
  read_family_keys(config, encoder);
  return encoder;
}

HeadKind read_stated_head(const Folder& folder, Family family) {
  const Json json = folder.json(kFile);
  const ConfigReader config(json, kFile);
  const HeadKind head = read_head(config, family);
  if (head == HeadKind::kNone) {
    config.fail("architectures", "names no classifier; nothing says what this head computes");
  }
  require_single_label(config);
  return head;
}

std::vector<std::string> EncoderConfig::module_folders() const {
  std::vector<std::string> folders;
  for (const DenseModule& module : dense) folders.push_back(module.folder);
  return folders;
}

void read_sizes(const ConfigReader& config, EncoderConfig& encoder) {
  encoder.hidden_size = config.integer("hidden_size", 1, kHiddenMax);
  encoder.intermediate_size = config.integer("intermediate_size", 1, kIntermediateMax);
  encoder.attention_heads = config.integer("num_attention_heads", 1, kHiddenMax);
  encoder.vocabulary = config.integer("vocab_size", 1, kVocabularyMax);
  encoder.layers.resize(static_cast<size_t>(config.integer("num_hidden_layers", 1, kLayersMax)));
}

float inverse_root(double x) { return static_cast<float>(1 / std::sqrt(x)); }

void read_equal_heads(const ConfigReader& config, EncoderConfig& encoder) {
  if (encoder.hidden_size % encoder.attention_heads != 0) {
    config.fail("num_attention_heads", "is " + std::to_string(encoder.attention_heads) +
                                           ", which does not divide hidden_size " +
                                           std::to_string(encoder.hidden_size));
  }
  encoder.key_heads = encoder.attention_heads;
  encoder.head_dim = encoder.hidden_size / encoder.attention_heads;
  encoder.attention_scale = inverse_root(static_cast<double>(encoder.head_dim));
}

void read_grouped_heads(const ConfigReader& config, EncoderConfig& encoder, GroupedHeads absent) {
  // An explicit null means one head of keys for each of queries.
  const bool null_heads =
      config.has("num_key_value_heads") && config.find("num_key_value_heads") == nullptr;
  encoder.key_heads = null_heads
                          ? encoder.attention_heads
                          : config.integer("num_key_value_heads", 1, kHiddenMax, absent.key_heads);
  if (encoder.attention_heads % encoder.key_heads != 0) {
    config.fail("num_key_value_heads", "is " + std::to_string(encoder.key_heads) +
                                           ", which does not divide num_attention_heads " +
                                           std::to_string(encoder.attention_heads));
  }
  encoder.head_dim = config.integer("head_dim", 1, kHiddenMax, absent.head_dim);
  if (encoder.head_dim % 2 != 0) {
    config.fail("head_dim", "is " + std::to_string(encoder.head_dim) +
                                ", which is odd; rotary positions need an even size");
  }
}

void read_window_kinds(const ConfigReader& config, EncoderConfig& encoder,
                       std::vector<bool>& sliding) {
  static constexpr std::array<Word<bool>, 2> kKinds = {
      {{"full_attention", false}, {"sliding_attention", true}}};
  const Json* kinds = config.array("layer_types");
  if (kinds == nullptr) return;
  if (kinds->items.size() != encoder.layers.size()) {
    config.fail("layer_types", "has " + std::to_string(kinds->items.size()) +
                                   " entries, but num_hidden_layers is " +
                                   std::to_string(encoder.layers.size()));
  }
  for (size_t i = 0; i < sliding.size(); ++i) {
    sliding[i] = config.word_of<bool>("layer_types", kinds->items[i], kKinds);
  }
}

}  // namespace gatun::model
