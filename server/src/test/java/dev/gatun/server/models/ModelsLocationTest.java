package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelsLocationTest {
  @Test
  void theFirstThatSaysAnythingDecides() {
    Map<String, String> all = Map.of("GATUN_MODELS", "/env", "XDG_DATA_HOME", "/xdg", "HOME", "/h");
    assertEquals(Optional.of(Path.of("/option")), place(Optional.of(Path.of("/option")), all));
    assertEquals(Optional.of(Path.of("/env")), place(Optional.empty(), all));
    assertEquals(
        Optional.of(Path.of("/xdg/gatun/models")),
        place(Optional.empty(), Map.of("XDG_DATA_HOME", "/xdg", "HOME", "/h")));
    assertEquals(
        Optional.of(Path.of("/h/.local/share/gatun/models")),
        place(Optional.empty(), Map.of("XDG_DATA_HOME", "relative", "HOME", "/h")));
    assertEquals(Optional.empty(), place(Optional.empty(), Map.of("GATUN_MODELS", "")));
  }

  private static Optional<Path> place(Optional<Path> option, Map<String, String> environment) {
    return ModelsLocation.of(option, name -> Optional.ofNullable(environment.get(name)));
  }
}
