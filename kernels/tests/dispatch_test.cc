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
