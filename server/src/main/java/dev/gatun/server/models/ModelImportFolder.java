package dev.gatun.server.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model folder that is being imported. It grows under a hidden name beside its place and appears
 * there whole, by a rename. What an interrupted import has fetched stays for the next one of the
 * same source; one import of a name runs at a time.
 */
public final class ModelImportFolder implements AutoCloseable {
  private static final String STAGING = ".import-";
  private static final String SOURCE = "source.json";
  private static final String FILES = "files";
  private static final String DIGESTS = ModelOutput.DIGESTS;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ModelOutput models;
  private final String name;
  private final Path staging;
  private final Path lockFile;
  private final FileChannel channel;
  private final FileLock lock;

  private ModelImportFolder(ModelOutput models, String name, FileChannel channel, FileLock lock) {
    this.models = models;
    this.name = name;
    this.staging = models.directory().resolve(STAGING + name);
    this.lockFile = lockFile(models.directory(), name);
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Begins or continues an import.
   *
   * @param directory holds one folder per model; made when absent
   * @param source what the content is a function of; what another source left behind is removed
   * @throws ModelBuildException when the name is no name, or another process imports it now
   */
  public static ModelImportFolder open(
      Path directory, String name, SortedMap<String, String> source) throws IOException {
    requireName(name);
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            lockFile(directory, name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = lock(channel);
    // Who held the lock before may have deleted the file since it was opened here.
    if (lock == null || Files.notExists(lockFile(directory, name))) {
      channel.close();
      throw new ModelBuildException(
          name, "is being imported by another process", "wait until it is done");
    }
    var folder = new ModelImportFolder(new ModelOutput(directory), name, channel, lock);
    try {
      folder.begin(source);
      return folder;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static Path lockFile(Path directory, String name) {
    return directory.resolve(STAGING + name + ".lock");
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      return null;
    }
  }

  /** Refuses what is not a plain folder name. */
  public static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,95}")) {
      throw new ModelBuildException(
          "'" + name + "'", "is no name of a model", "use letters, digits, . _ - in --name");
    }
  }

  private void begin(SortedMap<String, String> source) throws IOException {
    models.recover(name);
    Path stored = staging.resolve(SOURCE);
    if (!read(stored).equals(JSON.valueToTree(source))) {
      ModelOutput.delete(staging);
      ModelOutput.json(stored, source);
    }
    Files.createDirectories(files());
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.missingNode();
    } catch (JsonProcessingException damaged) {
      return JSON.missingNode();
    }
  }

  /** The place for the files of the model; may hold those of an interrupted import. */
  public Path files() {
    return staging.resolve(FILES);
  }

  /** Bytes of all files in a folder. */
  public static long bytes(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** Removes every file but these and what they are growing from. */
  public void retain(Collection<String> names) throws IOException {
    try (Stream<Path> walk = Files.walk(files())) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        String plain =
            files()
                .relativize(file)
                .toString()
                .replace('\\', '/')
                .replaceFirst("\\.partial(\\.etag)?$", "");
        if (!names.contains(plain)) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Writes {@code digests.json} and gives the folder its name; a folder that had it goes.
   *
   * @param source recorded as where the model comes from
   * @return where the model is now
   */
  public Path publish(Map<String, String> source) throws IOException {
    Files.deleteIfExists(files().resolve(DIGESTS));
    ModelOutput.seal(files(), new TreeMap<>(source));
    Path target = models.directory().resolve(name);
    models.replace(target, files());
    ModelOutput.delete(staging);
    return target;
  }

  /** Removes all that has been fetched: it is of no use. */
  public void discard() throws IOException {
    ModelOutput.delete(staging);
  }

  /** The sources that {@code digests.json} of a folder names; empty when there is none. */
  public static Map<String, String> sources(Path folder) throws IOException {
    var sources = new TreeMap<String, String>();
    read(folder.resolve(DIGESTS))
        .path("sources")
        .properties()
        .forEach(entry -> sources.put(entry.getKey(), entry.getValue().asText()));
    return sources;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(lockFile);
      lock.release();
    }
  }
}
