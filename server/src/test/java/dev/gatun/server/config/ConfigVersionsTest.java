package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigVersionsTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir Path folder;

  private ConfigText text(String text) {
    return new ConfigText(folder.resolve("router.yaml"), text);
  }

  private ConfigVersions versions() {
    return new ConfigVersions(folder.resolve("router.yaml"));
  }

  private Path kept() {
    return folder.resolve(".gatun/versions/router.yaml");
  }

  @Test
  void theNewestComesFirstAndATextIsKeptAsItWas() throws IOException {
    assertEquals(List.of(), versions().list());
    versions().add(text("a: 1 # one\n"), START, "file");
    versions().add(text("a: ü\r\n"), START.plusSeconds(90), "api");
    versions().add(text("a: ü\r\n"), START.plusSeconds(90), "api");
    List<ConfigVersions.Version> all = versions().list();
    assertEquals(List.of("api", "file"), all.stream().map(v -> v.source()).toList());
    assertTrue(all.getFirst().id().startsWith("20260301-100130-"), all.getFirst().id());
    assertEquals("a: ü\r\n", versions().find(all.get(0).id()).orElseThrow().text());
    assertEquals("a: 1 # one\n", versions().find(all.get(1).id()).orElseThrow().text());
    assertTrue(versions().find("20260301-100130").isEmpty());
  }

  @Test
  void theOldestGoFirst() throws IOException {
    for (int i = 0; i < ConfigVersions.COUNT_MAX + 3; i++) {
      versions().add(text("n: " + i), START.plusSeconds(i), "file");
    }
    List<ConfigVersions.Version> all = versions().list();
    assertEquals(ConfigVersions.COUNT_MAX, all.size());
    assertEquals(START.plusSeconds(3), all.getLast().time());
    try (var files = Files.list(kept())) {
      assertEquals(ConfigVersions.COUNT_MAX + 1, files.count());
    }
  }

  @Test
  void aDamagedListIsNamed() throws IOException {
    versions().add(text("a: 1"), START, "file");
    Files.writeString(kept().resolve("index.jsonl"), "{\"time\":\"yesterday\"}\n");
    IOException damaged = assertThrows(IOException.class, () -> versions().list());
    assertTrue(damaged.getMessage().contains("index.jsonl:1"), damaged.getMessage());
    assertThrows(IOException.class, () -> versions().add(text("b: 1"), START, "file"));
  }
}
