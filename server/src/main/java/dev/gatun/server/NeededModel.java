package dev.gatun.server;

import dev.gatun.server.inference.LinguaLanguages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that a configuration needs.
 *
 * @param folder of its files
 * @param askedBy types of signals
 */
public record NeededModel(String name, Path folder, List<String> askedBy) {
  public NeededModel {
    askedBy = List.copyOf(askedBy);
  }

  /** Whether its files are here; tables inside of a library have none. */
  public boolean isHere() {
    return name.equals(LinguaLanguages.MODEL) || Files.isDirectory(folder);
  }
}
