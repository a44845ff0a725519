#include "runtime/aligned.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace gatun {
namespace {

bool is_aligned(const void* memory) {
  return reinterpret_cast<uintptr_t>(memory) % static_cast<uintptr_t>(kAlignment) == 0;
}

TEST(Aligned, EverySizeIsAlignedAndWritable) {
  for (const int64_t count : {1, 15, 17, 65535, 65536, 65537, 1 << 20}) {
    Aligned<float> memory(count);
    EXPECT_TRUE(is_aligned(memory.data())) << count;
    memory.data()[0] = 1.0f;
    memory.data()[count - 1] = 2.0f;
    EXPECT_EQ(memory.bytes(), count * 4);
  }
  EXPECT_EQ(Aligned<float>(0).data(), nullptr);
  EXPECT_THROW(Aligned<float>(-1), std::bad_alloc);
  EXPECT_THROW(Aligned<float>(INT64_MAX / 4), std::bad_alloc);
}

TEST(Aligned, MovingTakesTheMemoryAlong) {
  Aligned<float> first(1 << 20);
  float* data = first.data();
  Aligned<float> second(3);
  second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(second.count(), 1 << 20);
}

#if !defined(__SANITIZE_ADDRESS__)
TEST(Aligned, LargeMemoryGoesBackToTheSystemAtOnce) {
  void* gone;
  {
    Aligned<float> memory(int64_t{4} << 20);
    memory.data()[0] = 1.0f;
    gone = memory.data();
  }
  unsigned char resident;
  EXPECT_EQ(::mincore(gone, 1, &resident), -1);
  EXPECT_EQ(errno, ENOMEM) << "still mapped";
}
#endif

}  // namespace
}  // namespace gatun
