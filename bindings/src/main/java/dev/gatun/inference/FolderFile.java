package dev.gatun.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of a model folder. A link may not lead out of the folder, for tokenizer and labels as for
 * the weights, which the library reads; but a snapshot in a Hugging Face cache is made of links to
 * the blobs of its repository.
 */
public final class FolderFile {
  private FolderFile() {}

  /**
   * Where a file is, whether or not it exists.
   *
   * @param name relative to the folder
   * @throws InferenceException.Refused when it is a link that leads outside
   */
  public static Path in(Path directory, String name) {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return file;
    }
    try {
      Path root = directory.toRealPath();
      Path real = file.toRealPath();
      if (real.startsWith(root) || blobs(root).filter(real::startsWith).isPresent()) {
        return file;
      }
    } catch (IOException e) {
      throw new InferenceException.Refused(directory, name + ": cannot be opened: " + e, e);
    }
    throw new InferenceException.Refused(
        directory, name + " is a link that leads outside the model folder; copy the file into it");
  }

  /** Of REPOSITORY/snapshots/COMMIT, REPOSITORY/blobs. */
  private static Optional<Path> blobs(Path root) {
    return Optional.ofNullable(root.getParent())
        .filter(above -> above.endsWith("snapshots"))
        .map(above -> above.resolveSibling("blobs"));
  }
}
