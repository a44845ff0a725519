#include "cpu/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <map>
#include <string>

#include "kernels/kernel_table.h"

namespace gatun::kernels {
namespace {

TierSet only(std::initializer_list<Tier> tiers) {
  TierSet set;
  for (const Tier tier : tiers) set.add(tier);
  return set;
}

TEST(Dispatch, TablesAreCompleteAndNamed) {
  const std::map<Tier, std::string> names = {{Tier::kScalar, "scalar"},
                                             {Tier::kAvx2, "avx2"},
                                             {Tier::kAvx2Vnni, "avx2vnni"},
                                             {Tier::kAvx512, "avx512"},
                                             {Tier::kAvx512Vnni, "avx512vnni"},
                                             {Tier::kAvx512Bf16, "avx512bf16"},
                                             {Tier::kAmx, "amx"},
                                             {Tier::kNeon, "neon"},
                                             {Tier::kNeonDotprod, "neondotprod"},
                                             {Tier::kNeonBf16, "neonbf16"}};
  EXPECT_EQ(names.size(), std::size(kTiers));
  EXPECT_TRUE(usable().has(Tier::kScalar));
  EXPECT_TRUE(usable().has(detected()));
  for (const Tier tier : kTiers) {
    const KernelTable* table = table_of(tier);
    ASSERT_EQ(table != nullptr, usable().has(tier)) << names.at(tier);
    if (table == nullptr) continue;
    EXPECT_EQ(table->tier, tier);
    EXPECT_EQ(table->name, names.at(tier));
#define GATUN_EXPECT_KERNEL(name, result, parameters) EXPECT_NE(table->name, nullptr);
    GATUN_KERNEL_LIST(GATUN_EXPECT_KERNEL)
#undef GATUN_EXPECT_KERNEL
  }
}

TEST(Dispatch, NoTableOutsideTheTiers) {
  for (int32_t i : {-1, 25, 31, 32, 1000}) EXPECT_EQ(table_of(static_cast<Tier>(i)), nullptr);
}

TEST(Dispatch, WithoutAWishTheBestUsableTier) {
  char reason[kReasonBytes];
  for (const char* none : {static_cast<const char*>(nullptr), ""}) {
    EXPECT_EQ(choose_among(usable(), none, reason).table, table_of(detected()));
    EXPECT_EQ(choose_among(only({Tier::kScalar}), none, reason).table, table_of(Tier::kScalar));
  }
}

TEST(Dispatch, AWishCapsTheTier) {
  char reason[kReasonBytes];
  for (const Tier tier : kTiers) {
    const KernelTable* table = table_of(tier);
    if (table == nullptr) continue;
    EXPECT_EQ(choose_among(usable(), table->name, reason).table, table);
    EXPECT_STREQ(reason, "");
  }
}

#if defined(__x86_64__)
// A tier below the best may be missing: AVX-512 came years before AVX-VNNI.
TEST(Dispatch, ATierThatThisMachineLacksIsRefusedByName) {
  char reason[kReasonBytes];
  const Choice choice =
      choose_among(only({Tier::kScalar, Tier::kAvx2, Tier::kAvx512}), "avx2vnni", reason);
  EXPECT_EQ(choice.table, nullptr);
  EXPECT_STREQ(choice.reason,
               "GATUN_ISA=avx2vnni cannot run here: this machine has scalar, avx2, avx512; set one "
               "of these, or unset GATUN_ISA.");
}
#endif

// Case, blanks, a prefix and a number too many are not the word; a long one must fit the sentence.
TEST(Dispatch, AnUnknownWordIsRefused) {
  char reason[kReasonBytes];
  const std::string endless(100000, 'x');
  for (const char* word : {"doesnotexist", "AVX2", " avx2", "avx", "avx5122", endless.c_str()}) {
    const Choice choice = choose_among(usable(), word, reason);
    EXPECT_EQ(choice.table, nullptr) << word;
    const std::string sentence(choice.reason);
    EXPECT_EQ(sentence.find("GATUN_ISA=" + std::string(word).substr(0, 40)), 0u);
    EXPECT_NE(sentence.find("use one of scalar"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.back(), '.');
  }
}

TEST(Dispatch, ChoiceIsStableAndHonoursTheEnvironment) {
  const Choice& choice = choose();
  EXPECT_EQ(&choice, &choose());
  const char* wanted = std::getenv("GATUN_ISA");
  if (wanted == nullptr || *wanted == '\0') {
    ASSERT_NE(choice.table, nullptr);
    EXPECT_EQ(choice.table->tier, detected());
  } else if (choice.table != nullptr) {
    EXPECT_EQ(std::string(choice.table->name), wanted);
  } else {
    EXPECT_NE(std::string(choice.reason).find(wanted), std::string::npos);
  }
}

}  // namespace
}  // namespace gatun::kernels
