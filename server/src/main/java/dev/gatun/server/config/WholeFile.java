package dev.gatun.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files that hold what they held before or all of the new, never a part. */
public final class WholeFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private WholeFile() {}

  /**
   * Writes a file in a folder that is there. One that is replaced keeps its permissions; a new one
   * is for its owner only, because configurations may hold secrets.
   *
   * @throws IOException when it cannot be written; nothing is left beside it then
   */
  public static void write(Path target, byte[] bytes) throws IOException {
    boolean replaces = Files.exists(target);
    Path real = replaces ? target.toRealPath() : target.toAbsolutePath();
    Set<PosixFilePermission> permissions =
        replaces ? Files.getPosixFilePermissions(real) : OWNER_ONLY;
    Path half =
        Files.createTempFile(
            real.getParent(),
            "." + real.getFileName(),
            ".tmp",
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.write(half, bytes);
      Files.setPosixFilePermissions(half, permissions);
      Files.move(half, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(half);
    }
  }
}
