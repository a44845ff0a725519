package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConfigDigestTest {
  private static String of(String yaml) {
    return ConfigDigest.of(YamlReader.read("config.yaml", yaml).root().orElseThrow());
  }

  @Test
  void commentsBlanksAndTheOrderOfKeysDoNotCount() {
    String one = of("version: v0.3\nglobal:\n  router: {strategy: priority}\n");
    assertTrue(one.matches("[0-9a-f]{12}"), one);
    assertEquals(
        one, of("# mine\nglobal:\n    router:\n        strategy: \"priority\"\n\nversion: v0.3\n"));
  }

  @Test
  void valuesAndTheOrderOfItemsDo() {
    String one = of("a: [1, 2]\nb: {c: x}\n");
    assertNotEquals(one, of("a: [2, 1]\nb: {c: x}\n"));
    assertNotEquals(one, of("a: [1, 2]\nb: {c: y}\n"));
    assertNotEquals(one, of("a: [1, 2]\nc: {c: x}\n"));
  }
}
