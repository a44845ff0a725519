#include "cpu/dispatch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <map>
#include <string>

#include "fenced.h"
#include "kernels/kernel_table.h"

namespace gatun::kernels {
namespace {

#if defined(__aarch64__)
constexpr char kHighest[] = "neon", kWords[] = "scalar, neon";
#elif defined(__x86_64__)
constexpr char kHighest[] = "avx512", kWords[] = "scalar, avx2, avx512";
#endif

TEST(Dispatch, TablesAreCompleteAndNamed) {
  const std::map<Tier, std::string> names = {{Tier::kScalar, "scalar"},
                                             {Tier::kAvx2, "avx2"},
                                             {Tier::kAvx512, "avx512"},
                                             {Tier::kNeon, "neon"}};
  ASSERT_NE(table_of(Tier::kScalar), nullptr);
  ASSERT_NE(table_of(detected()), nullptr);
  for (Tier tier : tiers_here()) {
    const KernelTable* table = table_of(tier);
    EXPECT_EQ(table->tier, tier);
    EXPECT_EQ(table->name, names.at(tier));
#define GATUN_EXPECT_KERNEL(name, result, parameters) EXPECT_NE(table->name, nullptr);
    GATUN_KERNEL_LIST(GATUN_EXPECT_KERNEL)
#undef GATUN_EXPECT_KERNEL
  }
}

TEST(Dispatch, NoTableAboveTheMachineOrOutsideTheTiers) {
  for (Tier tier : kTiers) {
    if (tier > detected()) {
      EXPECT_EQ(table_of(tier), nullptr);
    }
  }
  const int32_t beyond = static_cast<int32_t>(*std::rbegin(kTiers)) + 1;
  for (int32_t i : {-1, beyond}) EXPECT_EQ(table_of(static_cast<Tier>(i)), nullptr);
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
  for (Tier tier : tiers_here()) {
    const KernelTable* table = table_of(tier);
    EXPECT_EQ(choose_among(detected(), table->name, reason).table, table);
    EXPECT_STREQ(reason, "");
  }
}

TEST(Dispatch, ATierAboveTheMachineIsRefusedByName) {
  char reason[kReasonBytes];
  const Choice choice = choose_among(Tier::kScalar, kHighest, reason);
  EXPECT_EQ(choice.table, nullptr);
  const std::string word = kHighest, words = kWords;
  EXPECT_EQ(choice.reason, "GATUN_ISA=" + word +
                               " cannot run here: this machine goes up to scalar; set a lower one "
                               "of " +
                               words + ", or unset GATUN_ISA.");
}

// Case, blanks, a prefix and a number too many are not the word; a long one must fit the sentence.
TEST(Dispatch, AnUnknownWordIsRefused) {
  char reason[kReasonBytes];
  const std::string endless(100000, 'x');
  for (const char* word :
       {"doesnotexist", "AVX2", " avx2", "avx", "avx5122", "NEON", "neon2", endless.c_str()}) {
    const Choice choice = choose_among(detected(), word, reason);
    EXPECT_EQ(choice.table, nullptr) << word;
    const std::string sentence(choice.reason);
    EXPECT_EQ(sentence.find("GATUN_ISA=" + std::string(word).substr(0, 40)), 0u);
    EXPECT_NE(sentence.find(std::string("use one of ") + kWords), std::string::npos) << sentence;
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
