// What the folders of Qwen3, Gemma 3 and of layers behind a pooling may say.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/edited.h"

namespace gatun::tests {
namespace {

constexpr int32_t kFormat = GATUN_ERROR_FORMAT;
constexpr int32_t kUnsupported = GATUN_ERROR_UNSUPPORTED;
constexpr int32_t kHidden = GATUN_OUTPUT_HIDDEN;
constexpr char kQwen[] = "qwen3-grouped";
constexpr char kGemma[] = "embeddinggemma-windows";

void expect_other(const std::string& name, const Edited& edited) {
  const std::vector<float> values = result_of(edited.path(), kHidden);
  EXPECT_FALSE(values.empty());
  EXPECT_NE(values, result_of(own(name), kHidden));
}

TEST(Qwen3Config, IsDescribed) {
  const gatun_model_info info = describe(open_model(own(kQwen)).get());
  EXPECT_EQ(info.family, GATUN_FAMILY_QWEN3);
  EXPECT_EQ(info.head, GATUN_HEAD_NONE);
  EXPECT_EQ(info.pooling, GATUN_POOLING_LAST);
  EXPECT_EQ(info.normalized, 1);
  EXPECT_EQ(info.hidden_size, 48);
  EXPECT_EQ(info.embedding_size, 48);
  EXPECT_EQ(info.attention_heads, 4);
  EXPECT_EQ(info.positions_max, 32768);
  EXPECT_EQ(info.token_types, 0);
}

TEST(Qwen3Config, NewerKeysMeanWhatOlderKeysMean) {
  const std::string parameters =
      "\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":1000000.0}";
  expect_same(kQwen, Edited(kQwen).config("\"rope_theta\"", "\"unused\"").add(parameters), kHidden);
  expect_same(kQwen,
              Edited(kQwen).add("\"layer_types\":[\"full_attention\",\"full_attention\","
                                "\"full_attention\"]"),
              kHidden);
  expect_same(kQwen, Edited(kQwen).config("Qwen3Model", "Qwen3ForCausalLM"), kHidden);
  expect_same(kQwen, Edited(kQwen).config("\"rms_norm_eps\"", "\"unused\""), kHidden);
}

TEST(Qwen3Config, WindowsAreObeyed) {
  const auto windows = [](const std::string& window) {
    Edited edited(kQwen);
    edited.config("\"use_sliding_window\": false", "\"use_sliding_window\": true")
        .config("\"sliding_window\": null", "\"sliding_window\": " + window)
        .config("\"max_window_layers\": 3", "\"max_window_layers\": 2");
    return result_of(edited.path(), kHidden);
  };
  const std::vector<float> whole = result_of(own(kQwen), kHidden);
  EXPECT_EQ(windows("200"), whole);  // of 200 tokens the last one sees them all
  EXPECT_EQ(windows("null"), whole);
  const std::vector<float> cut = windows("199");
  EXPECT_NE(cut, whole);
  EXPECT_TRUE(std::equal(cut.begin(), cut.end() - 48, whole.begin()));
}

TEST(Qwen3Config, WhatIsNotUnderstoodIsRefused) {
  expect_refused(Edited(kQwen).config("\"hidden_act\": \"silu\"", "\"hidden_act\": \"mish\""),
                 kUnsupported, {"config.json", "hidden_act", "mish"});
  expect_refused(Edited(kQwen).config("\"rope_scaling\": null",
                                      "\"rope_scaling\": {\"rope_type\": \"longrope\"}"),
                 kUnsupported, {"rope_scaling", "longrope"});
  expect_refused(Edited(kQwen).config("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"),
                 kFormat, {"num_key_value_heads", "3", "num_attention_heads 4"});
  expect_refused(Edited(kQwen).config("\"head_dim\": 32", "\"head_dim\": 31"), kFormat,
                 {"head_dim", "odd"});
  expect_refused(Edited(kQwen).config("\"head_dim\": 32", "\"head_dim\": 320"), kUnsupported,
                 {"head_dim", "320", "256"});
  expect_refused(Edited(kQwen).add("\"is_causal\": false"), kUnsupported, {"is_causal"});
  expect_refused(Edited(kQwen).config("Qwen3Model", "Qwen3ForSequenceClassification"), kUnsupported,
                 {"architectures", "Qwen3ForSequenceClassification", "Qwen3Model"});
  expect_refused(Edited(kQwen).add("\"layer_types\":[\"full_attention\",\"full_attention\","
                                   "\"sliding_attention\"]"),
                 kFormat, {"layer_types", "sliding_window"});
  expect_refused(Edited(kQwen).add("\"layer_types\":[\"full_attention\"]"), kFormat,
                 {"layer_types", "num_hidden_layers is 3"});
}

TEST(Qwen3Config, ShapesAreThoseOfTheHeads) {
  expect_refused(Edited(kQwen).config("\"head_dim\": 32", "\"head_dim\": 30"), kFormat,
                 {"q_proj.weight", "k_proj.weight", "num_key_value_heads·head_dim", "q_norm"});
  expect_refused(Edited(kQwen).config("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4"),
                 kFormat, {"k_proj.weight", "[128 = num_key_value_heads·head_dim"});
  expect_refused(Edited(kQwen).config("\"attention_bias\": false", "\"attention_bias\": true"),
                 kFormat, {"missing tensors", "layers.0.self_attn.q_proj.bias", "o_proj.bias"});
  expect_refused(
      Edited(kQwen).header("model.safetensors", "layers.1.mlp.up_proj", "layers.1.mlp.up_project"),
      kFormat, {"missing tensors", "layers.1.mlp.up_proj.weight"});
}

TEST(Qwen3Config, LanguageModelsPrefixesAndHeadsAreTolerated) {
  Edited edited(kQwen);
  edited.header("model.safetensors", "\"layers.", "\"model.layers.")
      .header("model.safetensors", "\"embed_tokens.", "\"model.embed_tokens.")
      .header("model.safetensors", "\"norm.", "\"model.norm.");
  expect_same(kQwen, edited, kHidden);
}

TEST(Gemma3Config, IsDescribed) {
  const gatun_model_info info = describe(open_model(own(kGemma)).get());
  EXPECT_EQ(info.family, GATUN_FAMILY_GEMMA3);
  EXPECT_EQ(info.pooling, GATUN_POOLING_MEAN);
  EXPECT_EQ(info.normalized, 1);
  EXPECT_EQ(info.hidden_size, 48);
  EXPECT_EQ(info.embedding_size, 32);
}

TEST(Gemma3Config, OlderKeysMeanWhatNewerKeysMean) {
  Edited older(kGemma);
  older.config("\"rope_parameters\"", "\"unused\"")
      .add("\"rope_theta\":1000000.0,\"rope_local_base_freq\":10000.0,\"rope_scaling\":null");
  expect_same(kGemma, older, kHidden);
  expect_same(kGemma, Edited(kGemma).config("\"rope_parameters\"", "\"unused\""), kHidden);
}

TEST(Gemma3Config, LayerTypesComeFromThePattern) {
  Edited pattern(kGemma);
  pattern.config("\"layer_types\"", "\"unused\"").add("\"sliding_window_pattern\":2");
  expect_same(kGemma, pattern, kHidden);
  Edited stored(kGemma);
  stored.config("\"layer_types\"", "\"unused\"").add("\"_sliding_window_pattern\":2");
  expect_same(kGemma, stored, kHidden);
  expect_other(kGemma, Edited(kGemma).config("\"layer_types\"", "\"unused\""));
}

TEST(Gemma3Config, HalfOfTheWindowIsOnEitherSide) {
  expect_same(kGemma, Edited(kGemma).config("\"sliding_window\": 33", "\"sliding_window\": 32"),
              kHidden);
  expect_other(kGemma, Edited(kGemma).config("\"sliding_window\": 33", "\"sliding_window\": 34"));
}

TEST(Gemma3Config, WithoutBothSidesItIsCausal) {
  Edited causal(kGemma);
  causal.config("\"use_bidirectional_attention\": true", "\"use_bidirectional_attention\": false");
  const ModelHandle model = open_model(causal.path());
  const LaneHandle lane = open_lane(1);
  const std::vector<std::pair<int32_t, int32_t>> hidden = {{kHidden, GATUN_LAYER_FINAL}};
  PackedBatch longer, shorter;
  longer.add({7, 8, 9, 10, 11});
  shorter.add({7, 8, 9});
  const std::vector<float> all = run(lane.get(), model.get(), longer, hidden)[0].values;
  const std::vector<float> first = run(lane.get(), model.get(), shorter, hidden)[0].values;
  EXPECT_TRUE(std::equal(first.begin(), first.end(), all.begin()));
  expect_other(kGemma, causal);
}

TEST(Gemma3Config, WhatIsNotUnderstoodIsRefused) {
  expect_refused(
      Edited(kGemma).config("\"attn_logit_softcapping\": null", "\"attn_logit_softcapping\": 50.0"),
      kUnsupported, {"attn_logit_softcapping"});
  expect_refused(Edited(kGemma).config("\"sliding_window\": 33", "\"sliding_window\": null"),
                 kFormat, {"sliding_window"});
  expect_refused(Edited(kGemma).config("\"full_attention\": {", "\"other\": {"), kFormat,
                 {"rope_parameters", "full_attention"});
  expect_refused(Edited(kGemma).config("gelu_pytorch_tanh", "quick_gelu"), kUnsupported,
                 {"hidden_activation", "quick_gelu"});
  expect_refused(Edited(kGemma).config("gemma3_text", "gemma3"), kUnsupported,
                 {"model_type", "gemma3", "gemma3_text"});
}

class DenseModules : public testing::Test {
 protected:
  static constexpr char kFirst[] = "2_Dense/config.json";
  static constexpr char kSecond[] = "3_Dense/config.json";

  static std::vector<float> embedding(const Edited& edited) {
    return result_of(edited.path(), GATUN_OUTPUT_EMBEDDING);
  }
};

TEST_F(DenseModules, ComputeTheirActivation) {
  Edited bare(kGemma);
  const std::string modules = read_file(bare.path() / "modules.json");
  const size_t second = modules.rfind('{', modules.find("3_Dense"));
  write_file(bare.path() / "modules.json", modules.substr(0, modules.rfind(',', second)) + "]");
  Edited bent(kGemma);
  write_file(bent.path() / "modules.json", read_file(bare.path() / "modules.json"));
  bent.edit(kFirst, "torch.nn.modules.linear.Identity", "torch.nn.modules.activation.Tanh");
  const std::vector<float> straight = embedding(bare), tanh = embedding(bent);
  ASSERT_EQ(straight.size(), 96U);
  ASSERT_EQ(tanh.size(), 96U);
  for (size_t i = 0; i < straight.size(); ++i) {
    EXPECT_NEAR(tanh[i], std::tanh(straight[i]), 1e-6F * (1 + std::abs(straight[i])));
  }
}

TEST_F(DenseModules, WhatDoesNotFitIsRefused) {
  expect_refused(Edited(kGemma).edit(kSecond, "\"in_features\": 96", "\"in_features\": 95"),
                 kFormat, {kSecond, "in_features", "96"});
  expect_refused(Edited(kGemma).edit(kFirst, "Identity", "Softplus"), kUnsupported,
                 {kFirst, "activation_function", "Softplus", "Identity"});
  expect_refused(Edited(kGemma).edit(kSecond, "\"out_features\": 32", "\"out_features\": 31"),
                 kFormat, {"3_Dense/linear.weight", "out_features"});
  expect_refused(Edited(kGemma).edit(kFirst, "\"bias\": false", "\"bias\": true"), kFormat,
                 {"missing tensors", "2_Dense/linear.bias"});
  expect_refused(Edited(kGemma).edit("modules.json", "\"2_Dense\"", "\"../2_Dense\""), kFormat,
                 {"modules.json", "../2_Dense"});
  expect_refused(Edited(kGemma).edit("modules.json", "models.Pooling", "models.Dense"),
                 kUnsupported, {"modules.json", "models.Dense"});
}

TEST_F(DenseModules, MissingAndDamagedWeightsAreRefused) {
  Edited missing(kGemma);
  fs::remove(missing.path() / "3_Dense/model.safetensors");
  expect_refused(missing, GATUN_ERROR_IO, {"3_Dense/model.safetensors", "missing"});
  write_file(missing.path() / "3_Dense/pytorch_model.bin", "");
  expect_refused(missing, GATUN_ERROR_IO, {"3_Dense/pytorch_model.bin", "pickle"});
  Edited damaged(kGemma);
  const fs::path file = damaged.path() / "2_Dense/model.safetensors";
  std::string bytes = read_file(file);
  bytes.replace(bytes.size() - 4, 4, std::string("\x00\x00\xc0\x7f", 4));
  write_file(file, bytes);
  expect_refused(damaged, kFormat, {"2_Dense/model.safetensors", "not finite"});
  Edited linked(kGemma);
  fs::remove(linked.path() / "2_Dense/model.safetensors");
  fs::create_symlink(own(kGemma) / "2_Dense/model.safetensors",
                     linked.path() / "2_Dense/model.safetensors");
  expect_refused(linked, kFormat, {"2_Dense/model.safetensors", "outside"});
}

/// More sequences than go through the layers at a time.
TEST_F(DenseModules, ManySequencesGiveWhatEachGivesAlone) {
  const ModelHandle model = open_model(own(kGemma));
  const LaneHandle lane = open_lane(2);
  const std::vector<std::pair<int32_t, int32_t>> wanted = {{GATUN_OUTPUT_EMBEDDING, 0},
                                                           {GATUN_OUTPUT_EMBEDDING, 2}};
  PackedBatch batch;
  for (int32_t i = 0; i < 150; ++i) batch.add({2, 5 + i, 9, 1});
  const std::vector<Result> all = run(lane.get(), model.get(), batch, wanted);
  for (const int32_t i : {0, 63, 64, 127, 128, 149}) {
    PackedBatch alone;
    alone.add({2, 5 + i, 9, 1});
    const std::vector<Result> one = run(lane.get(), model.get(), alone, wanted);
    for (size_t kind = 0; kind < wanted.size(); ++kind) {
      ASSERT_EQ(one[kind].columns, 32);
      EXPECT_TRUE(std::equal(one[kind].values.begin(), one[kind].values.end(),
                             all[kind].values.begin() + i * 32))
          << i;
    }
  }
}

TEST_F(DenseModules, ComeFromTheCache) {
  const TemporaryFolder cache;
  Edited edited(kGemma);
  gatun_error error;
  for (const int32_t precision : {GATUN_PRECISION_FP32, GATUN_PRECISION_INT8}) {
    const ModelHandle fresh = open_cached(edited.path(), cache.path(), &error, precision);
    ASSERT_NE(fresh, nullptr) << error.message;
    EXPECT_EQ(origin(fresh.get()).find("cache")->text, "written");
    const ModelHandle mapped = open_cached(edited.path(), cache.path(), &error, precision);
    ASSERT_NE(mapped, nullptr) << error.message;
    EXPECT_EQ(origin(mapped.get()).find("cache")->text, "mapped");
    const LaneHandle lane = open_lane(1);
    PackedBatch batch;
    batch.add({2, 9, 8, 7, 1});
    EXPECT_EQ(run(lane.get(), fresh.get(), batch, {{GATUN_OUTPUT_EMBEDDING, 0}}),
              run(lane.get(), mapped.get(), batch, {{GATUN_OUTPUT_EMBEDDING, 0}}));
  }
  // Other weights behind the pooling are another model.
  const fs::path file = edited.path() / "3_Dense/model.safetensors";
  std::string bytes = read_file(file);
  bytes.replace(bytes.size() - 4, 4, std::string(4, '\0'));
  write_file(file, bytes);
  const ModelHandle other = open_cached(edited.path(), cache.path(), &error);
  ASSERT_NE(other, nullptr) << error.message;
  EXPECT_EQ(origin(other.get()).find("cache")->text, "written");
}

}  // namespace
}  // namespace gatun::tests
