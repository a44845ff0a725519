package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.inference.WeightCache;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CacheLocationTest {
  private static final Optional<String> NOTHING = Optional.empty();

  @Test
  void theFirstThatSaysAnythingDecides() {
    Map<String, String> all = Map.of("GATUN_CACHE", "/env", "XDG_CACHE_HOME", "/xdg", "HOME", "/h");
    assertEquals(in("/option"), place(Optional.of("/option"), Optional.of("/config"), all));
    assertEquals(in("/env"), place(NOTHING, Optional.of("/config"), all));
    Map<String, String> usual = Map.of("XDG_CACHE_HOME", "/xdg", "HOME", "/h");
    assertEquals(in("/config"), place(NOTHING, Optional.of("/config"), usual));
    assertEquals(in("/xdg/gatun"), place(NOTHING, NOTHING, usual));
    assertEquals(in("/h/.cache/gatun"), place(NOTHING, NOTHING, Map.of("HOME", "/h")));
  }

  @Test
  void whatIsOffOrNowhereIsOff() {
    assertEquals(WeightCache.off(), place(Optional.of("off"), NOTHING, Map.of("HOME", "/h")));
    assertEquals(
        WeightCache.off(), place(NOTHING, NOTHING, Map.of("GATUN_CACHE", "off", "HOME", "/h")));
    assertEquals(WeightCache.off(), place(NOTHING, NOTHING, Map.of()));
    assertEquals(WeightCache.off(), place(NOTHING, NOTHING, Map.of("HOME", "")));
    assertEquals(
        in("/h/.cache/gatun"),
        place(NOTHING, NOTHING, Map.of("XDG_CACHE_HOME", "relative", "HOME", "/h")));
  }

  @Test
  void aRelativeDirectoryIsMeantFromHere() {
    assertEquals(
        new WeightCache.In(Path.of("kept").toAbsolutePath(), 5),
        CacheLocation.of(Optional.of("kept"), NOTHING, OptionalLong.of(5), _ -> Optional.empty()));
  }

  private static WeightCache in(String directory) {
    return new WeightCache.In(Path.of(directory));
  }

  private static WeightCache place(
      Optional<String> option, Optional<String> configured, Map<String, String> environment) {
    return CacheLocation.of(
        option,
        configured,
        OptionalLong.empty(),
        name -> Optional.ofNullable(environment.get(name)));
  }
}
