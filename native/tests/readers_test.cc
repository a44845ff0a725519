// The readers of untrusted text: JSON and the safetensors header.
#include <gtest/gtest.h>

#include <cstring>

#include "model/folder.h"
#include "model/json.h"
#include "model/safetensors.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

TEST(Json, ReadsWhatRfc8259Allows) {
  const Json value = parse_json(
      " {\"a\" : [1, -2.5e3, 0, -0, true, false, null], \"\\u00e9\\ud83d\\ude00\\n\": "
      "\"\\\"\\/\"} ",
      "t");
  const Json& a = *value.find("a");
  EXPECT_EQ(a.items[0].integer, 1);
  EXPECT_TRUE(a.items[0].integral);
  EXPECT_EQ(a.items[1].number, -2500);
  EXPECT_FALSE(a.items[1].integral);
  EXPECT_TRUE(a.items[4].boolean);
  EXPECT_EQ(value.members[1].first, "\u00e9\U0001F600\n");
  EXPECT_EQ(value.members[1].second.text, "\"/");
  EXPECT_EQ(value.find("b"), nullptr);
  EXPECT_FALSE(parse_json("9223372036854775808", "t").integral);
  EXPECT_EQ(parse_json("9223372036854775807", "t").integer, INT64_MAX);
}

TEST(Json, RefusesTheRest) {
  const std::string documents[] = {"",
                                   " ",
                                   "{",
                                   "[",
                                   "[1,]",
                                   "[,1]",
                                   "{\"a\":1,}",
                                   "{\"a\" 1}",
                                   "{a:1}",
                                   "{'a':1}",
                                   "01",
                                   "-",
                                   "1.",
                                   ".5",
                                   "1e",
                                   "+1",
                                   "NaN",
                                   "Infinity",
                                   "tru",
                                   "nul",
                                   "[1] 2",
                                   "// c\n1",
                                   "\"a",
                                   "\"\\x\"",
                                   "\"\\u12\"",
                                   "\"\\ud800\"",
                                   "\"\\udc00\"",
                                   "\"\\ud800\\u0041\"",
                                   "\"a\nb\"",
                                   "\"\x80\"",
                                   "\"\xc0\xaf\"",
                                   "\"\xed\xa0\x80\"",
                                   "\"\xf4\x90\x80\x80\"",
                                   "\xef\xbb\xbf{}",
                                   "1e999",
                                   std::string("[1\0]", 4),
                                   "{\"a\":1,\"a\":2}",
                                   "{\"a\":1,\"\\u0061\":2}"};
  for (const std::string& document : documents) {
    try {
      parse_json(document, "file.json");
      ADD_FAILURE() << document;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ErrorCode::kFormat);
      EXPECT_TRUE(failure.message().starts_with("file.json:")) << failure.message();
      EXPECT_NE(failure.message().find("JSON"), std::string::npos);
    }
  }
}

TEST(Json, SaysWhere) {
  try {
    parse_json("{\n  \"a\": 1,\n  \"b\": x\n}", "f");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_TRUE(failure.message().starts_with("f:3:8: ")) << failure.message();
  }
}

TEST(Json, HasLimits) {
  EXPECT_THROW(parse_json(std::string(100000, '['), "t"), Failure);
  EXPECT_NO_THROW(parse_json(std::string(60, '[') + std::string(60, ']'), "t"));
  std::string many = "[0";
  for (int i = 0; i < 400000; ++i) many += ",0";
  EXPECT_THROW(parse_json(many + "]", "t"), Failure);
  EXPECT_THROW(parse_json("[1,2,3]", "t", {.bytes = 6}), Failure);
}

std::vector<TensorEntry> header_of(const std::string& header, size_t data_bytes) {
  const uint64_t length = header.size();
  std::string file(sizeof(length), '\0');
  std::memcpy(file.data(), &length, sizeof(length));
  file += header + std::string(data_bytes, '\0');
  return read_safetensors_header(reinterpret_cast<const unsigned char*>(file.data()),
                                 static_cast<int64_t>(file.size()), "w");
}

TEST(Safetensors, ReadsEntriesInAnyOrder) {
  const auto entries = header_of(
      "{\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]},"
      "\"__metadata__\":{\"format\":\"pt\"},"
      "\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]},"
      "\"z\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[4,4]},"
      "\"s\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[12,20]}}   ",
      20);
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].name, "b");
  EXPECT_EQ(entries[0].shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(entries[0].end - entries[0].begin, 8);
}

TEST(Safetensors, AnEmptyHeaderIsAnEmptyFile) { EXPECT_TRUE(header_of("{}", 0).empty()); }

TEST(Safetensors, RefusesWhatDoesNotAddUp) {
  const std::pair<const char*, size_t> headers[] = {
      {"[]", 0},
      {"{\"__metadata__\":{\"a\":1}}", 0},
      {"{\"a\":1}", 0},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4},
      {"{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4}};
  for (const auto& [header, bytes] : headers) {
    EXPECT_THROW(header_of(header, bytes), Failure) << header;
  }
}

TEST(FileNames, OnlyPlainOnesAreAccepted) {
  for (const char* good : {"model-00001-of-00002.safetensors", "a", "..a", "a..b"}) {
    EXPECT_TRUE(is_plain_file_name(good)) << good;
  }
  for (const char* bad : {"", ".", "..", "a/b", "/a", "a\\b", "c:a", "a\nb"}) {
    EXPECT_FALSE(is_plain_file_name(bad)) << bad;
  }
  EXPECT_FALSE(is_plain_file_name(std::string("a\0b", 3)));
  EXPECT_FALSE(is_plain_file_name(std::string(300, 'a')));
}

TEST(OneLine, CutsAtACodePoint) {
  EXPECT_EQ(one_line("a\u00e9b", 2), "a");
  EXPECT_EQ(one_line("a\u00e9b", 3), "a\u00e9");
  EXPECT_EQ(one_line("\xff\n", 10), "??");
}

}  // namespace
}  // namespace gatun::model
