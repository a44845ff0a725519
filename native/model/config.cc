#include "model/config.h"

#include <array>

#include "model/families.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr char kFile[] = "config.json";

/// One class of transformers per (family, head); masked-language-model checkpoints are trunks whose
/// own head is not computed.
struct Architecture {
  std::string_view name;
  Family family;
  HeadKind head;
};
constexpr std::array<Architecture, 9> kArchitectures = {
    {{"BertModel", Family::kBert, HeadKind::kNone},
     {"BertForMaskedLM", Family::kBert, HeadKind::kNone},
     {"BertForPreTraining", Family::kBert, HeadKind::kNone},
     {"BertForSequenceClassification", Family::kBert, HeadKind::kSequence},
     {"BertForTokenClassification", Family::kBert, HeadKind::kToken},
     {"ModernBertModel", Family::kModernBert, HeadKind::kNone},
     {"ModernBertForMaskedLM", Family::kModernBert, HeadKind::kNone},
     {"ModernBertForSequenceClassification", Family::kModernBert, HeadKind::kSequence},
     {"ModernBertForTokenClassification", Family::kModernBert, HeadKind::kToken}}};

Family read_family(const ConfigReader& config) {
  static constexpr std::array<Word<Family>, 2> kFamilies = {
      {{"bert", Family::kBert}, {"modernbert", Family::kModernBert}}};
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
    read_labels(config, encoder);
  }
  return encoder;
}

EncoderConfig read_config(const Folder& folder, HeadKind head) {
  const Json json = folder.json(kFile);
  const ConfigReader config(json, kFile);
  EncoderConfig encoder;
  encoder.family = read_family(config);
  encoder.head = head;
  encoder.head_stated = true;
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
  return head;
}

void read_sizes(const ConfigReader& config, EncoderConfig& encoder) {
  encoder.hidden_size = config.integer("hidden_size", 1, kHiddenMax);
  encoder.intermediate_size = config.integer("intermediate_size", 1, kIntermediateMax);
  encoder.attention_heads = config.integer("num_attention_heads", 1, kHiddenMax);
  encoder.vocabulary = config.integer("vocab_size", 1, kVocabularyMax);
  encoder.layers.resize(static_cast<size_t>(config.integer("num_hidden_layers", 1, kLayersMax)));
  if (encoder.hidden_size % encoder.attention_heads != 0) {
    config.fail("num_attention_heads", "is " + std::to_string(encoder.attention_heads) +
                                           ", which does not divide hidden_size " +
                                           std::to_string(encoder.hidden_size));
  }
}

}  // namespace gatun::model
