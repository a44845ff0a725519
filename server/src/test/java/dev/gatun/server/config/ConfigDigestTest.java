package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import org.junit.jupiter.api.Test;

class ConfigDigestTest {
  private static String of(String yaml) {
    return of(yaml, Compatibility.GATUN);
  }

  private static String of(String yaml, Compatibility inForce) {
    return ConfigDigest.of(YamlReader.read("config.yaml", yaml).root().orElseThrow(), inForce);
  }

  @Test
  void theSemanticsInForceCountAsThoughTheFileSaidThem() {
    String silent = "version: v0.3\n";
    String saying = "version: v0.3\nglobal: {router: {compatibility: upstream-0.3}}\n";
    assertNotEquals(of(silent), of(silent, Compatibility.UPSTREAM_0_3));
    assertEquals(of(saying, Compatibility.UPSTREAM_0_3), of(silent, Compatibility.UPSTREAM_0_3));
    assertNotEquals(of(saying), of(saying, Compatibility.UPSTREAM_0_3));
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
