package dev.gatun.server.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.SortedMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes the folder of a model that was trained here; it appears whole or not at all. */
public final class TrainedFolder {
  private static final int WIDTH = 100;

  private TrainedFolder() {}

  /**
   * Writes head, card, what comes with them, and digests.
   *
   * @param target does not exist
   * @param card see {@code model-cards/schema.json}
   * @param further files, name to content
   * @param sources what it was made from, name to digest
   */
  public static void write(
      Path target,
      EmbeddingHead head,
      Map<String, Object> card,
      Map<String, String> further,
      SortedMap<String, String> sources)
      throws IOException {
    Path folder = target.toAbsolutePath().normalize();
    Path parent = folder.resolveSibling("");
    Files.createDirectories(parent);
    Path staging = Files.createTempDirectory(parent, ".staging-");
    try {
      head.write(staging);
      Files.writeString(staging.resolve("card.yaml"), yaml(card));
      for (Map.Entry<String, String> file : further.entrySet()) {
        Files.writeString(staging.resolve(file.getKey()), file.getValue());
      }
      ModelOutput.seal(staging, sources);
      Files.move(staging, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      ModelOutput.delete(staging);
    }
  }

  private static String yaml(Map<String, Object> card) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(WIDTH).build();
    return new Dump(settings).dumpToString(card);
  }
}
