package dev.gatun.server.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The directory of built models. A model folder appears in it whole or not at all: it is written
 * under a hidden name, sealed with {@code digests.json} and renamed. Its digests say what it was
 * made from, so that nothing is made twice, and what it holds, so that damage is noticed.
 *
 * @param directory holds one folder per model; made when absent
 */
record ModelOutput(Path directory) {
  static final String DIGESTS = "digests.json";
  private static final String STAGING = ".staging-";
  private static final String REPLACED = ".replaced-";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectWriter PRETTY =
      JSON.writer(
          new DefaultPrettyPrinter()
              .withObjectIndenter(new DefaultIndenter("  ", "\n"))
              .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  /** Fills a new model folder; called at most once. */
  interface Contents {
    void write(Path folder) throws IOException;
  }

  /**
   * Makes the folder {@code name} unless it is there, whole, and made from the same sources.
   *
   * @param sources what the contents are a function of, name to digest or version
   * @return whether it was made
   */
  boolean make(String name, SortedMap<String, String> sources, Contents contents)
      throws IOException {
    Files.createDirectories(directory);
    try (var channel =
            FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      removeLeftovers();
      if (lock.isValid() && isCurrent(name, sources)) {
        return false;
      }
      Path staging = Files.createDirectory(directory.resolve(STAGING + name));
      contents.write(staging);
      seal(staging, sources);
      replace(directory.resolve(name), staging);
      return true;
    }
  }

  private boolean isCurrent(String name, SortedMap<String, String> sources) throws IOException {
    Path digests = directory.resolve(name).resolve(DIGESTS);
    if (!Files.isRegularFile(digests)) {
      return false;
    }
    try {
      JsonNode stored = JSON.readTree(digests.toFile());
      return stored.path("sources").equals(JSON.valueToTree(sources))
          && stored.path("files").equals(JSON.valueToTree(files(directory.resolve(name))));
    } catch (JsonProcessingException damaged) {
      return false;
    }
  }

  /** Writes the digests of every file and what they were made from. */
  static void seal(Path folder, SortedMap<String, String> sources) throws IOException {
    ObjectNode digests = JSON.createObjectNode();
    digests.set("sources", JSON.valueToTree(sources));
    digests.set("files", JSON.valueToTree(files(folder)));
    json(folder.resolve(DIGESTS), digests);
  }

  /** Writes indented JSON that ends with a newline, the same bytes on every system. */
  static void json(Path file, Object tree) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] text = (PRETTY.writeValueAsString(tree) + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(file, text);
  }

  /** Relative name to SHA-256 of every file but the digests themselves. */
  private static Map<String, String> files(Path folder) throws IOException {
    var digests = new TreeMap<String, String>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (!name.equals(DIGESTS)) {
          digests.put(name, Sha256.of(file));
        }
      }
    }
    return digests;
  }

  /** Gives a finished folder its name; one that had the name goes. */
  void replace(Path target, Path staging) throws IOException {
    Path old = directory.resolve(REPLACED + target.getFileName());
    if (Files.exists(target)) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  /** Puts back what an interrupted replacement had moved away, or removes it when all was done. */
  void recover(String name) throws IOException {
    Path old = directory.resolve(REPLACED + name);
    if (Files.exists(old) && Files.notExists(directory.resolve(name))) {
      Files.move(old, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
    delete(old);
  }

  /** What a build that was interrupted left behind; the lock says that none is running. */
  private void removeLeftovers() throws IOException {
    List<Path> leftovers;
    try (Stream<Path> children = Files.list(directory)) {
      leftovers =
          children
              .filter(child -> {
                String name = child.getFileName().toString();
                return name.startsWith(STAGING) || name.startsWith(REPLACED);
              })
              .toList();
    }
    for (Path leftover : leftovers) {
      delete(leftover);
    }
  }

  /** Removes a folder and all it holds; nothing when it is not there. */
  static void delete(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> walk = Files.walk(folder)) {
      deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
