package dev.gatun.server.inference;

import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.server.config.WholeFile;
import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sentence vectors in files, one for each list of texts. A file that cannot be read or is damaged
 * is as none; one that cannot be written costs a line in the log. Safe for use by many threads and
 * processes.
 *
 * <p>A file is little-endian: the magic number, the number of vectors and of their components, for
 * each vector the tokens read and present and its components, and the SHA-256 of all that.
 */
public final class VectorFiles {
  private static final Logger LOG = System.getLogger(VectorFiles.class.getName());
  private static final long MAGIC = 0x0031_4345_5654_4147L; // "GATVEC1" and a zero byte
  private static final int HEAD_BYTES = Long.BYTES + 2 * Integer.BYTES;
  private static final int DIGEST_BYTES = 32;
  private static final String ENDING = ".vec";

  /** Longer lists are embedded at every start: what reads them holds them all at once. */
  private static final int FILE_BYTES_MAX = 64 << 20;

  private final Optional<Path> directory;
  private final long bytesMax;

  /**
   * Files of a directory.
   *
   * @param directory made with the first file, for its owner only; empty keeps nothing
   * @param bytesMax of all files; what was used longest ago goes first
   */
  public VectorFiles(Optional<Path> directory, long bytesMax) {
    this.directory = directory;
    this.bytesMax = bytesMax;
  }

  /**
   * The vectors kept under a key, if they are there and whole.
   *
   * @param key a name without separators
   * @param count of the texts
   */
  Optional<List<Embedding>> find(String key, int count) {
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    Path file = directory.get().resolve(key + ENDING);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > FILE_BYTES_MAX) {
        return Optional.empty();
      }
      Optional<List<Embedding>> vectors = read(Files.readAllBytes(file), count);
      if (vectors.isPresent()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      } else {
        LOG.log(Level.WARNING, file + " is damaged; its texts are embedded again");
      }
      return vectors;
    } catch (IOException e) {
      LOG.log(Level.WARNING, file + " cannot be read: " + e);
      return Optional.empty();
    }
  }

  private static Optional<List<Embedding>> read(byte[] bytes, int count) {
    int end = bytes.length - DIGEST_BYTES;
    if (end < HEAD_BYTES
        || !Arrays.equals(digest(bytes, end), Arrays.copyOfRange(bytes, end, bytes.length))) {
      return Optional.empty();
    }
    ByteBuffer from = ByteBuffer.wrap(bytes, 0, end).order(ByteOrder.LITTLE_ENDIAN);
    boolean isOurs = from.getLong() == MAGIC && from.getInt() == count;
    int dimension = from.getInt();
    if (!isOurs || dimension < 1 || end != HEAD_BYTES + (long) count * vectorBytes(dimension)) {
      return Optional.empty();
    }
    List<Embedding> vectors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int read = from.getInt();
      int present = from.getInt();
      float[] components = new float[dimension];
      from.asFloatBuffer().get(components);
      from.position(from.position() + dimension * Float.BYTES);
      vectors.add(Embedding.of(components, new Coverage(read, present)));
    }
    return Optional.of(vectors);
  }

  private static long vectorBytes(int dimension) {
    return 2L * Integer.BYTES + (long) dimension * Float.BYTES;
  }

  private static byte[] digest(byte[] bytes, int end) {
    var digest = Sha256.digest();
    digest.update(bytes, 0, end);
    return digest.digest();
  }

  /** Keeps vectors, one or more and all of one dimension. */
  void keep(String key, List<Embedding> vectors) {
    int dimension = vectors.getFirst().dimension();
    long bytes = HEAD_BYTES + vectors.size() * vectorBytes(dimension) + DIGEST_BYTES;
    if (directory.isEmpty() || bytes > Math.min(FILE_BYTES_MAX, bytesMax)) {
      return;
    }
    Path folder = directory.get();
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      WholeFile.write(folder.resolve(key + ENDING), written(vectors, dimension, (int) bytes));
      forget(folder);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "vectors of examples are not kept in " + folder + ": " + e);
    }
  }

  private static byte[] written(List<Embedding> vectors, int dimension, int bytes) {
    ByteBuffer to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    to.putLong(MAGIC).putInt(vectors.size()).putInt(dimension);
    for (Embedding vector : vectors) {
      to.putInt(vector.coverage().read()).putInt(vector.coverage().present());
      for (float component : vector.components()) {
        to.putFloat(component);
      }
    }
    to.put(digest(to.array(), to.position()));
    return to.array();
  }

  private record Kept(Path file, long bytes, FileTime used) {}

  /** Removes what was used longest ago until the rest is small enough. */
  private void forget(Path folder) throws IOException {
    List<Kept> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        if (file.toString().endsWith(ENDING)) {
          files.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
        }
      }
    }
    long bytes = files.stream().mapToLong(Kept::bytes).sum();
    files.sort(Comparator.comparing(Kept::used));
    for (Kept file : files) {
      if (bytes > bytesMax) {
        Files.deleteIfExists(file.file);
        bytes -= file.bytes;
      }
    }
  }
}
