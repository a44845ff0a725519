package dev.gatun.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of the repository: those git tracks or would track, or in an unpacked archive without
 * git everything outside the build's folders.
 */
final class SourceFiles {
  private static final Set<String> BUILT = Set.of("build", "target", ".git", ".venv", ".idea");

  private SourceFiles() {}

  /** The root of the checkout, as the build passes it. */
  static Path root() {
    return Path.of(System.getProperty("gatun.home")).toAbsolutePath().normalize();
  }

  /** Paths relative to {@link #root()}, with forward slashes, sorted; deleted files left out. */
  static List<String> list() throws IOException, InterruptedException {
    Path root = root();
    List<String> files = Files.exists(root.resolve(".git")) ? tracked(root) : walked(root);
    return files.stream().filter(file -> Files.exists(root.resolve(file))).sorted().toList();
  }

  static List<String> lines(String file) {
    return text(file).lines().toList();
  }

  static String text(String file) {
    try {
      return Files.readString(root().resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " is not UTF-8 text", e);
    }
  }

  private static List<String> tracked(Path root) throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (git.waitFor() != 0) {
      throw new IOException("git ls-files failed in " + root);
    }
    return List.of(out.split("\0", 0));
  }

  private static List<String> walked(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        Path relative = root.relativize(path);
        boolean built = false;
        for (Path part : relative) {
          built |= BUILT.contains(part.toString());
        }
        if (!built) {
          files.add(relative.toString().replace('\\', '/'));
        }
      }
    }
    return files;
  }
}
