package dev.gatun.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a configuration file said before, kept beside it in {@code .gatun/versions/NAME}, readable
 * by its owner only. The folder is made with the first version. For one caller at a time.
 */
public final class ConfigVersions {
  /** Versions kept; the oldest go first. */
  static final int COUNT_MAX = 100;

  /** Bytes kept; the oldest go first, but the newest two stay. */
  static final long BYTES_MAX = 64L << 20;

  private static final int KEPT_MIN = 2;
  private static final int HASH_DIGITS = 6;
  private static final String INDEX = "index.jsonl";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  /**
   * One of them.
   *
   * @param id {@code YYYYMMDD-HHMMSS-HASH6}, in UTC
   * @param source who wrote it: api, file
   * @param hash SHA-256 of its bytes
   */
  public record Version(String id, Instant time, String source, String hash, long bytes) {
    /** Name of its file. */
    public String file() {
      return id + ".yaml";
    }
  }

  private final Path file;
  private final Path folder;

  /** The versions of a configuration file. */
  public ConfigVersions(Path file) {
    this.file = file.toAbsolutePath();
    this.folder =
        this.file
            .resolveSibling(".gatun")
            .resolve("versions")
            .resolve(String.valueOf(this.file.getFileName()));
  }

  /** What a version of a text is called that begins to be at work. */
  public static String id(Instant time, String hash) {
    return TIME.format(time) + "-" + hash.substring(0, HASH_DIGITS);
  }

  /** All, the newest first. */
  public List<Version> list() throws IOException {
    return read().reversed();
  }

  /** The text of a version; empty when there is none of that name. */
  public Optional<ConfigText> find(String id) throws IOException {
    // Looked up, never put into a path: what a caller writes names no file.
    Optional<Version> known = read().stream().filter(v -> v.id.equals(id)).findFirst();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    Path kept = folder.resolve(known.get().file());
    ConfigText text = new ConfigText(file, ConfigText.read(kept).text());
    if (!text.hash().equals(known.get().hash)) {
      throw new IOException(kept + " was changed since it was kept");
    }
    return Optional.of(text);
  }

  /** Keeps a text, unless it is kept already under that name. */
  public void add(ConfigText text, Instant time, String source) throws IOException {
    Instant second = time.truncatedTo(ChronoUnit.SECONDS);
    String hash = text.hash();
    byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
    Version version = new Version(id(second, hash), second, source, hash, bytes.length);
    List<Version> all = new ArrayList<>(read());
    if (all.stream().anyMatch(known -> known.id.equals(version.id))) {
      return;
    }
    makeFolder();
    WholeFile.write(folder.resolve(version.file()), bytes);
    all.add(version);
    List<Version> dropped = dropped(all);
    all.removeAll(dropped);
    StringBuilder index = new StringBuilder();
    all.forEach(kept -> index.append(line(kept)).append('\n'));
    WholeFile.write(folder.resolve(INDEX), index.toString().getBytes(StandardCharsets.UTF_8));
    for (Version old : dropped) {
      Files.deleteIfExists(folder.resolve(old.file()));
    }
  }

  private static List<Version> dropped(List<Version> oldestFirst) {
    long bytes = oldestFirst.stream().mapToLong(Version::bytes).sum();
    int count = 0;
    while (oldestFirst.size() - count > COUNT_MAX
        || (bytes > BYTES_MAX && oldestFirst.size() - count > KEPT_MIN)) {
      bytes -= oldestFirst.get(count++).bytes;
    }
    return List.copyOf(oldestFirst.subList(0, count));
  }

  private List<Version> read() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(folder.resolve(INDEX));
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      try {
        versions.add(version(Json.read(lines.get(i).getBytes(StandardCharsets.UTF_8))));
      } catch (JsonProcessingException | RuntimeException e) {
        throw new IOException(folder.resolve(INDEX) + ":" + (i + 1) + " is damaged", e);
      }
    }
    return versions;
  }

  private static Version version(JsonNode line) {
    Instant time = Instant.parse(line.path("time").asText());
    String hash = line.path("hash").asText();
    return new Version(
        id(time, hash), time, line.path("source").asText(), hash, line.path("bytes").asLong());
  }

  private static String line(Version version) {
    return Json.object()
        .put("time", version.time.toString())
        .put("source", version.source)
        .put("hash", version.hash)
        .put("bytes", version.bytes)
        .toString();
  }

  private void makeFolder() throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Makes the configuration file say a text; its permissions stay. */
  public void restore(ConfigText text) throws IOException {
    WholeFile.write(file, text.text().getBytes(StandardCharsets.UTF_8));
  }
}
