package dev.gatun.bench.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that says how to pool. The peers' MiniLM holds a trunk only; the protocol says what a
 * sentence embedding is (mean pooling, unit length), so a folder with that statement is put beside
 * it, its weights shared by hard links where the file system allows.
 */
public final class EmbeddingView {
  private static final String MODULES =
      """
      [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
       {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
       {"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]
      """;
  private static final String POOLING =
      """
      {"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true}
      """;

  private EmbeddingView() {}

  /**
   * The folder itself when it says how to pool, else a view of it.
   *
   * @param views where views are kept; each is made anew, so that it never goes stale
   */
  public static Path of(Path model, Path views) throws IOException {
    if (Files.exists(model.resolve("modules.json"))) {
      return model;
    }
    Path absolute = model.toAbsolutePath().normalize();
    Path view =
        views.resolve(absolute.getFileName() + "-" + Integer.toHexString(absolute.hashCode()));
    Files.createDirectories(view.resolve("1_Pooling"));
    try (Stream<Path> files = Files.list(absolute)) {
      for (Path file : files.filter(EmbeddingView::belongs).toList()) {
        link(file, view.resolve(file.getFileName()));
      }
    }
    Files.writeString(view.resolve("modules.json"), MODULES);
    Files.writeString(view.resolve("1_Pooling/config.json"), POOLING);
    return view;
  }

  private static boolean belongs(Path file) {
    String name = String.valueOf(file.getFileName());
    return Files.isRegularFile(file)
        && List.of("json", "safetensors").contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Made under another name first, so that a second worker never sees half a file. */
  private static void link(Path from, Path to) throws IOException {
    Path part = to.resolveSibling(to.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(part);
    try {
      Files.createLink(part, from);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(from, part);
    }
    // A rename between two links of one file would leave both names.
    if (Files.exists(to) && Files.isSameFile(part, to)) {
      Files.delete(part);
      return;
    }
    Files.move(part, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
