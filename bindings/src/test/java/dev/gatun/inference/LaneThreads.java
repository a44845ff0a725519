package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

/** The threads of lanes in this process. */
final class LaneThreads {

  private LaneThreads() {}

  /** After every test: each lane that was started has ended. */
  static void assertNone() {
    List<String> alive =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith(Lanes.THREAD_NAME))
            .toList();
    assertEquals(List.of(), alive);
  }
}
