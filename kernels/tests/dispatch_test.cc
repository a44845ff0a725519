#include "cpu/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "kernels/kernel_table.h"

namespace gatun::kernels {
namespace {

TEST(Dispatch, TablesAreCompleteAndNamed) {
  const char* const names[] = {"scalar", "avx2", "avx512"};
  for (int32_t i = 0; i <= static_cast<int32_t>(detected()); ++i) {
    const KernelTable* table = table_of(static_cast<Tier>(i));
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->tier, static_cast<Tier>(i));
    EXPECT_STREQ(table->name, names[i]);
#define GATUN_EXPECT_KERNEL(name, result, parameters) EXPECT_NE(table->name, nullptr);
    GATUN_KERNEL_LIST(GATUN_EXPECT_KERNEL)
#undef GATUN_EXPECT_KERNEL
  }
}

TEST(Dispatch, NoTableAboveTheMachineOrOutsideTheTiers) {
  for (int32_t i = static_cast<int32_t>(detected()) + 1; i <= 3; ++i) {
    EXPECT_EQ(table_of(static_cast<Tier>(i)), nullptr);
  }
  EXPECT_EQ(table_of(static_cast<Tier>(-1)), nullptr);
}

TEST(Dispatch, WithoutAWishTheBestUsableTier) {
  char reason[kReasonBytes];
  for (const char* none : {static_cast<const char*>(nullptr), ""}) {
    EXPECT_EQ(choose_among(detected(), none, reason).table, table_of(detected()));
    EXPECT_EQ(choose_among(Tier::kScalar, none, reason).table, table_of(Tier::kScalar));
  }
}

TEST(Dispatch, AWishCapsTheTier) {
  char reason[kReasonBytes];
  for (Tier tier : {Tier::kScalar, Tier::kAvx2, Tier::kAvx512}) {
    const KernelTable* table = table_of(tier);
    if (table == nullptr) continue;
    EXPECT_EQ(choose_among(detected(), table->name, reason).table, table);
    EXPECT_STREQ(reason, "");
  }
}

TEST(Dispatch, ATierAboveTheMachineIsRefusedByName) {
  char reason[kReasonBytes];
  const Choice choice = choose_among(Tier::kScalar, "avx512", reason);
  EXPECT_EQ(choice.table, nullptr);
  EXPECT_STREQ(choice.reason,
               "GATUN_ISA=avx512 cannot run here: this machine goes up to scalar; set a lower one "
               "of scalar, avx2, avx512, or unset GATUN_ISA.");
}

// Case, blanks, a prefix and a number too many are not the word; a long one must fit the sentence.
TEST(Dispatch, AnUnknownWordIsRefused) {
  char reason[kReasonBytes];
  const std::string endless(100000, 'x');
  for (const char* word : {"doesnotexist", "AVX2", " avx2", "avx", "avx5122", endless.c_str()}) {
    const Choice choice = choose_among(detected(), word, reason);
    EXPECT_EQ(choice.table, nullptr) << word;
    const std::string sentence(choice.reason);
    EXPECT_EQ(sentence.find("GATUN_ISA=" + std::string(word).substr(0, 40)), 0u);
    EXPECT_NE(sentence.find("use scalar, avx2 or avx512"), std::string::npos) << sentence;
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
