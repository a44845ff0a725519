// What config.json and its companions may say: forms that mean the same, and forms that are
// refused.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>

#include "tests/edited.h"

namespace gatun::tests {
namespace {

constexpr char kTrunk[] = "modernbert-lora-base";
constexpr char kYarnKey[] = "\"rope_scaling\"";
constexpr char kYarnBody[] =
    "\"rope_type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":512";

TEST(ModernBertConfig, NewerKeysMeanWhatOlderKeysMean) {
  const std::string name = "variant-sharded";
  const std::string parameters = std::string("\"rope_parameters\":{\"full_attention\":{") +
                                 kYarnBody + ",\"rope_theta\":160000.0}," +
                                 "\"sliding_attention\":{" + kYarnBody +
                                 ",\"rope_theta\":10000.0}}";
  expect_same(name, Edited(name).config(kYarnKey, "\"unused\"").add(parameters),
              GATUN_OUTPUT_LOGITS);
  expect_same(name,
              Edited(name).add("\"layer_types\":[\"full_attention\",\"sliding_attention\","
                               "\"sliding_attention\",\"full_attention\"]"),
              GATUN_OUTPUT_LOGITS);
  expect_same(name, Edited(name).config("\"local_attention\": 128", "\"sliding_window\": 65"),
              GATUN_OUTPUT_LOGITS);
  expect_same(name, Edited(name).config("\"rope_type\"", "\"type\""), GATUN_OUTPUT_LOGITS);
  expect_same(name, Edited(name).config("\"norm_eps\"", "\"unused\""), GATUN_OUTPUT_LOGITS);
}

TEST(ModernBertConfig, FlatRopeParametersHoldForBothKinds) {
  const std::string name = "variant-sharded";
  Edited nested(name);
  nested.config(kYarnKey, "\"unused\"")
      .add(
          "\"rope_parameters\":{\"full_attention\":{\"rope_theta\":5000.0},"
          "\"sliding_attention\":{\"rope_theta\":5000.0}}");
  Edited flat(name);
  flat.config(kYarnKey, "\"unused\"").add("\"rope_parameters\":{\"rope_theta\":5000.0}");
  EXPECT_EQ(result_of(flat.path(), GATUN_OUTPUT_LOGITS),
            result_of(nested.path(), GATUN_OUTPUT_LOGITS));
  EXPECT_NE(result_of(flat.path(), GATUN_OUTPUT_LOGITS), result_of(own(name), GATUN_OUTPUT_LOGITS));
}

TEST(ModernBertConfig, NullLocalThetaMeansTheGlobalOne) {
  const std::string name = "variant-sharded";
  Edited null_theta(name);
  null_theta.config("\"local_rope_theta\": 10000.0", "\"local_rope_theta\": null");
  Edited same_theta(name);
  same_theta.config("\"local_rope_theta\": 10000.0", "\"local_rope_theta\": 160000.0");
  EXPECT_EQ(result_of(null_theta.path(), GATUN_OUTPUT_LOGITS),
            result_of(same_theta.path(), GATUN_OUTPUT_LOGITS));
  EXPECT_NE(result_of(null_theta.path(), GATUN_OUTPUT_LOGITS),
            result_of(own(name), GATUN_OUTPUT_LOGITS));
}

TEST(ModernBertConfig, YarnDefaultsAreThePapers) {
  const std::string name = "variant-sharded";
  expect_same(name, Edited(name).config("\"beta_fast\"", "\"a\"").config("\"beta_slow\"", "\"b\""),
              GATUN_OUTPUT_LOGITS);
  // 0.1·ln 4 + 1, and the factor as the ratio of the lengths.
  expect_same(name,
              Edited(name).config("\"factor\": 4.0", "\"attention_factor\": 1.1386294361119891"),
              GATUN_OUTPUT_LOGITS);
}

TEST(ModernBertConfig, UnknownWordsAreRefused) {
  const std::string name = "variant-sharded";
  const int32_t unsupported = GATUN_ERROR_UNSUPPORTED;
  expect_refused(Edited(name).config("\"yarn\"", "\"longrope\""), unsupported,
                 {"config.json", "rope_scaling", "longrope", "yarn"});
  expect_refused(Edited(name).config("\"hidden_activation\": \"gelu\"",
                                     "\"hidden_activation\": \"quick_gelu\""),
                 unsupported, {"hidden_activation", "quick_gelu"});
  expect_refused(Edited(name).config("\"classifier_activation\": \"gelu\"",
                                     "\"classifier_activation\": \"mish\""),
                 unsupported, {"classifier_activation", "mish"});
  expect_refused(
      Edited(name).config("\"classifier_pooling\": \"cls\"", "\"classifier_pooling\": \"max\""),
      unsupported, {"classifier_pooling", "max"});
  expect_refused(
      Edited(name).config("ModernBertForSequenceClassification", "ModernBertForQuestionAnswering"),
      unsupported, {"architectures", "ModernBertForQuestionAnswering"});
  expect_refused(
      Edited(name).config("ModernBertForSequenceClassification", "BertForSequenceClassification"),
      unsupported, {"architectures", "BertForSequenceClassification"});
  expect_refused(Edited("modernbert-options").config("full_attention", "chunked_attention"),
                 GATUN_ERROR_FORMAT, {"full_attention"});
}

/// A member of config.json with these members of its own.
std::string contract(const std::string& members) {
  return "\"representation_contract\":{\"version\":1," + members + "}";
}

/// The mean of all tokens' hidden states.
std::vector<float> mean_of(const Result& hidden) {
  std::vector<float> mean(static_cast<size_t>(hidden.columns));
  for (size_t i = 0; i < hidden.values.size(); ++i) {
    mean[i % mean.size()] += hidden.values[i] / static_cast<float>(hidden.rows);
  }
  return mean;
}

TEST(RepresentationContract, SaysWhatAnEarlyExitGives) {
  const auto embedding = [](const std::string& exits, int32_t layer) {
    Edited edited(kTrunk);
    edited.add(contract("\"pooling\":\"mean\",\"final_normalization\":\"final_norm\"," +
                        ("\"intermediate_normalization\":\"" + exits + "\"")));
    const ModelHandle model = open_model(edited.path());
    PackedBatch batch;
    batch.add({5, 9, 30, 77});
    const LaneHandle lane = open_lane(1);
    return run(lane.get(), model.get(), batch,
               {{GATUN_OUTPUT_EMBEDDING, layer}, {GATUN_OUTPUT_HIDDEN, layer}});
  };
  const std::vector<Result> raw = embedding("none", 2);
  const std::vector<float> mean = mean_of(raw[1]);
  for (size_t i = 0; i < mean.size(); ++i) EXPECT_NEAR(raw[0].values[i], mean[i], 1e-5);
  EXPECT_NE(embedding("final_norm", 2)[0].values, raw[0].values);
  EXPECT_EQ(embedding("final_norm", 4)[0].values, embedding("none", 4)[0].values);
}

TEST(RepresentationContract, MayOnlySayWhatIsKnownAndAgrees) {
  const auto refused = [](const std::string& members, const std::vector<std::string>& words) {
    expect_refused(Edited(kTrunk).add(contract(members)), GATUN_ERROR_UNSUPPORTED, words);
  };
  refused("\"pooling\":\"max\"", {"pooling", "max"});
  const std::string mean = "\"pooling\":\"mean\",";
  refused(mean + "\"intermediate_normalization\":\"rms\"", {"intermediate_normalization", "rms"});
  refused(mean + "\"final_normalization\":\"l1\"", {"final_normalization", "l1"});
  refused(mean + "\"head_dtype\":\"int4\"", {"head_dtype", "int4"});
  refused(mean + "\"dims\":[64]", {"dims"});
  expect_refused(Edited(kTrunk).add("\"representation_contract\":{\"version\":2}"),
                 GATUN_ERROR_FORMAT, {"representation_contract", "version"});
  const std::string cls = "variant-sharded";
  expect_refused(Edited(cls).add(contract("\"pooling\":\"mean\"")), GATUN_ERROR_FORMAT,
                 {"representation_contract", "pooling", "mean"});
  expect_same(cls, Edited(cls).add(contract("\"pooling\":\"cls\"")), GATUN_OUTPUT_LOGITS);
}

TEST(Config, AHeadIsForOneLabel) {
  for (const char* type : {"multi_label_classification", "regression", "banana"}) {
    expect_refused(Edited("bert-seqcls").config("single_label_classification", type),
                   GATUN_ERROR_UNSUPPORTED,
                   {"problem_type", type, "expected one of single_label_classification"});
  }
  expect_refused(Edited("variant-orig-mod").add("\"problem_type\":\"regression\""),
                 GATUN_ERROR_UNSUPPORTED, {"problem_type", "regression"});
  expect_same("bert-seqcls",
              Edited("bert-seqcls").config("\"single_label_classification\"", "null"),
              GATUN_OUTPUT_LOGITS);
}

TEST(BertConfig, WhatIsNotAnEncoderIsRefused) {
  const int32_t unsupported = GATUN_ERROR_UNSUPPORTED;
  expect_refused(Edited("bert-seqcls").config("\"absolute\"", "\"relative_key\""), unsupported,
                 {"position_embedding_type", "relative_key"});
  expect_refused(Edited("bert-seqcls").add("\"is_decoder\": true"), unsupported, {"is_decoder"});
  expect_refused(
      Edited("bert-seqcls").config("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"laplace\""),
      unsupported, {"hidden_act", "laplace"});
}

TEST(Config, NumbersHaveTypesAndRanges) {
  const std::string from = "\"hidden_size\": 64";
  for (const char* value : {"0", "-64", "64.5", "1e3", "true", "\"64\"", "[64]", "null",
                            "99999999999999999999", "1048577"}) {
    expect_refused(Edited("bert-seqcls").config(from, std::string("\"hidden_size\": ") + value),
                   GATUN_ERROR_FORMAT, {"config.json", "hidden_size"});
  }
  expect_refused(
      Edited("bert-seqcls").config("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 1000000000"),
      GATUN_ERROR_FORMAT, {"num_hidden_layers", "1000000000"});
  expect_refused(
      Edited("bert-seqcls").config("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 1024"),
      GATUN_ERROR_FORMAT, {"missing", "encoder.layer.4.", "more"});
  expect_refused(
      Edited("bert-seqcls").config("\"layer_norm_eps\": 1e-12", "\"layer_norm_eps\": -1"),
      GATUN_ERROR_FORMAT, {"layer_norm_eps"});
  expect_refused(Edited("bert-seqcls").config("\"hidden_size\": 64", "\"hidden_size\": 65536"),
                 GATUN_ERROR_UNSUPPORTED, {"num_attention_heads", "256"});
}

TEST(Config, ManyPositionsCostNothing) {
  Edited edited("variant-sharded");
  edited.config("\"max_position_embeddings\": 2048", "\"max_position_embeddings\": 16777216");
  const ModelHandle model = open_model(edited.path());
  ASSERT_NE(model, nullptr);
  EXPECT_LT(describe(model.get()).resident_bytes, 4 << 20);
}

TEST(Config, DuplicateKeysAreRefused) {
  expect_refused(Edited("bert-seqcls").add("\"hidden_size\": 64"), GATUN_ERROR_FORMAT,
                 {"config.json", "duplicate key", "hidden_size"});
}

TEST(Config, AHeadNobodyStatedIsRefused) {
  expect_refused(Edited("bert-seqcls").config("\"architectures\"", "\"unused\""),
                 GATUN_ERROR_FORMAT, {"architectures", "classifier"});
  expect_same("minilm-like-embed",
              Edited("minilm-like-embed").config("\"architectures\"", "\"unused\""),
              GATUN_OUTPUT_EMBEDDING);
}

TEST(Config, AClassifiersTrunkIsATrunk) {
  Edited edited("bert-seqcls");
  edited.config("BertForSequenceClassification", "BertModel");
  expect_same("bert-seqcls", edited, GATUN_OUTPUT_HIDDEN);
  EXPECT_EQ(describe(open_model(edited.path()).get()).head, GATUN_HEAD_NONE);
}

TEST(Config, ASequenceHeadsEmbeddingIsWhatItPools) {
  const std::vector<float> hidden = result_of(own("variant-sharded"), GATUN_OUTPUT_HIDDEN);
  const std::vector<float> pooled = result_of(own("variant-sharded"), GATUN_OUTPUT_EMBEDDING);
  ASSERT_EQ(pooled.size(), 64U);
  EXPECT_TRUE(std::equal(pooled.begin(), pooled.end(), hidden.begin()));
}

TEST(Tensors, OldNormNamesMeanTheNewOnes) {
  Edited edited("bert-seqcls");
  edited.header("model.safetensors", "LayerNorm.weight", "LayerNorm.gamma")
      .header("model.safetensors", "LayerNorm.bias", "LayerNorm.beta");
  expect_same("bert-seqcls", edited, GATUN_OUTPUT_LOGITS);
}

TEST(Tensors, EveryPrefixIsFound) {
  for (const char* prefix : {"", "model.", "_orig_mod.", "_orig_mod.model.", "_orig_mod.bert."}) {
    Edited edited("bert-seqcls");
    edited.header("model.safetensors", "\"bert.", std::string("\"") + prefix);
    if (std::string(prefix).starts_with("_orig_mod.")) {
      edited.header("model.safetensors", "\"classifier.", "\"_orig_mod.classifier.");
    }
    expect_same("bert-seqcls", edited, GATUN_OUTPUT_LOGITS);
  }
}

TEST(Tensors, WhatTheConfigurationDoesNotUseIsRefused) {
  expect_refused(
      Edited("bert-seqcls").config("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3"),
      GATUN_ERROR_FORMAT, {"encoder.layer.3.", "does not account for"});
  expect_refused(
      Edited("modernbert-options").config("\"attention_bias\": true", "\"attention_bias\": false"),
      GATUN_ERROR_FORMAT, {"attn.Wqkv.bias", "does not account for"});
}

/// Adds a tensor of one integer to the end of a file.
void add_integer(const fs::path& file, const std::string& name) {
  const std::string bytes = read_file(file);
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  const std::string end = std::to_string(bytes.size() - sizeof(length) - length);
  const std::string after = std::to_string(bytes.size() - length);
  write_file(file, bytes + std::string(8, '\0'));
  rewrite_header(file, [&](const std::string& header) {
    return "{\"" + name + R"(":{"dtype":"I64","shape":[1,1],"data_offsets":[)" + end + "," + after +
           "]}," + header.substr(1);
  });
}

TEST(Tensors, StoredConstantsAreNoWeightsInAnyFamily) {
  for (const char* name :
       {"minilm-like-embed", "modernbert-options", "qwen3-grouped", "embeddinggemma-windows"}) {
    for (const char* constant :
         {"embeddings.position_ids", "embeddings.token_type_ids", "rotary_emb.inv_freq"}) {
      Edited edited(name);
      add_integer(edited.path() / "model.safetensors", constant);
      expect_same(name, edited, GATUN_OUTPUT_HIDDEN);
    }
    Edited other(name);
    add_integer(other.path() / "model.safetensors", "embeddings.other_ids");
    expect_refused(other, GATUN_ERROR_FORMAT, {"embeddings.other_ids", "does not account for"});
  }
}

TEST(Tensors, HeadsOfOtherTasksAreTolerated) {
  expect_same("bert-seqcls",
              Edited("bert-seqcls").config("BertForSequenceClassification", "BertForPreTraining"),
              GATUN_OUTPUT_HIDDEN);
}

TEST(SentenceTransformers, PoolingComesFromItsFolder) {
  const std::string name = "minilm-like-embed";
  const std::string file = "1_Pooling/config.json";
  Edited cls(name);
  cls.edit(file, "\"pooling_mode_cls_token\": false", "\"pooling_mode_cls_token\": true")
      .edit(file, "\"pooling_mode_mean_tokens\": true", "\"pooling_mode_mean_tokens\": false");
  EXPECT_EQ(describe(open_model(cls.path()).get()).pooling, GATUN_POOLING_CLS);
  EXPECT_NE(result_of(cls.path(), GATUN_OUTPUT_EMBEDDING),
            result_of(own(name), GATUN_OUTPUT_EMBEDDING));
  expect_same(
      name,
      Edited(name).edit(file, "\"pooling_mode_mean_tokens\": true", "\"pooling_mode\": \"mean\""),
      GATUN_OUTPUT_EMBEDDING);
}

TEST(SentenceTransformers, OtherStepsAndPoolingsAreRefused) {
  const std::string name = "minilm-like-embed";
  const std::string file = "1_Pooling/config.json";
  const int32_t unsupported = GATUN_ERROR_UNSUPPORTED;
  expect_refused(
      Edited(name)
          .edit(file, "\"pooling_mode_mean_tokens\": true", "\"pooling_mode_mean_tokens\": false")
          .edit(file, "\"pooling_mode_max_tokens\": false", "\"pooling_mode_max_tokens\": true"),
      unsupported, {file, "pooling_mode_max_tokens"});
  expect_refused(Edited(name).edit(file, "\"pooling_mode_cls_token\": false",
                                   "\"pooling_mode_cls_token\": true"),
                 unsupported, {file, "several"});
  expect_refused(Edited(name).edit(file, "\"pooling_mode_mean_tokens\": true",
                                   "\"pooling_mode_mean_tokens\": false"),
                 GATUN_ERROR_FORMAT, {file, "pooling"});
  expect_refused(Edited(name).edit(file, "\"word_embedding_dimension\": 64",
                                   "\"word_embedding_dimension\": 32"),
                 GATUN_ERROR_FORMAT, {file, "hidden_size"});
  expect_refused(Edited(name).edit("modules.json", "models.Normalize", "models.LSTM"), unsupported,
                 {"modules.json", "models.LSTM"});
  expect_refused(Edited(name).edit("modules.json", "\"1_Pooling\"", "\"../1_Pooling\""),
                 GATUN_ERROR_FORMAT, {"modules.json", "../1_Pooling"});
}

TEST(Folders, LinksMayNotLeaveTheFolder) {
  for (const char* file : {"config.json", "model.safetensors"}) {
    Edited edited("bert-seqcls");
    fs::remove(edited.path() / file);
    fs::create_symlink(own("bert-seqcls") / file, edited.path() / file);
    expect_refused(edited, GATUN_ERROR_FORMAT, {file, "outside"});
  }
  Edited inside("bert-seqcls");
  fs::rename(inside.path() / "model.safetensors", inside.path() / "weights.bin");
  fs::create_symlink("weights.bin", inside.path() / "model.safetensors");
  expect_same("bert-seqcls", inside, GATUN_OUTPUT_LOGITS);
  // A snapshot in a Hugging Face cache is made of links to what its repository has downloaded.
  const TemporaryFolder cache;
  const fs::path snapshot = cache.path() / "models--a--b/snapshots/1";
  fs::create_directories(snapshot);
  fs::create_directories(cache.path() / "models--a--b/blobs");
  for (const char* file : {"config.json", "model.safetensors"}) {
    fs::copy(own("bert-seqcls") / file, cache.path() / "models--a--b/blobs" / file);
    fs::create_symlink(fs::path("../../blobs") / file, snapshot / file);
  }
  EXPECT_EQ(result_of(snapshot, GATUN_OUTPUT_LOGITS),
            result_of(own("bert-seqcls"), GATUN_OUTPUT_LOGITS));
  Edited dangling("bert-seqcls");
  fs::remove(dangling.path() / "model.safetensors");
  fs::create_symlink("nowhere", dangling.path() / "model.safetensors");
  expect_refused(dangling, GATUN_ERROR_IO, {"model.safetensors", "missing"});
}

TEST(Folders, WhatIsNotAFileIsRefusedAtOnce) {
  Edited pipe("bert-seqcls");
  fs::remove(pipe.path() / "config.json");
  ASSERT_EQ(::mkfifo((pipe.path() / "config.json").c_str(), 0600), 0);
  expect_refused(pipe, GATUN_ERROR_IO, {"config.json", "regular file"});
  Edited directory("bert-seqcls");
  fs::remove(directory.path() / "config.json");
  fs::create_directory(directory.path() / "config.json");
  expect_refused(directory, GATUN_ERROR_IO, {"config.json", "regular file"});
  Edited empty("bert-seqcls");
  write_file(empty.path() / "config.json", "");
  expect_refused(empty, GATUN_ERROR_FORMAT, {"config.json", "JSON"});
}

TEST(Folders, MessagesAreOneCleanLine) {
  gatun_error error;
  Edited edited("bert-seqcls");
  edited.config("\"model_type\": \"bert\"",
                "\"model_type\": \"a\\nb\\u0007\\u00e9" + std::string(5000, 'x') + "\"");
  EXPECT_EQ(open_model(edited.path(), &error), nullptr);
  const std::string message = error.message;
  EXPECT_NE(message.find("a?b?\u00e9xxx"), std::string::npos) << message;
  EXPECT_LT(message.size(), sizeof(error.message));
}

}  // namespace
}  // namespace gatun::tests
