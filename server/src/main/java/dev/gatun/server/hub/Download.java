package dev.gatun.server.hub;

import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One file on its way. It grows in {@code NAME.partial}; {@code NAME.partial.etag} keeps the
 * validator of what that is a part of. After a break it goes on from there, in this run or in a
 * later one, as long as the server confirms (If-Range) that the file is the same.
 */
final class Download {
  /** Breaks in a row without a single new byte. */
  private static final int BARREN_MAX = 3;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final long REPORT_BYTES = 1 << 20;

  private final Hub hub;
  private final URI address;
  private final HubFile file;
  private final Path target;
  private final Path partial;
  private final Path validator;
  private final Hub.Watch watch;
  private Optional<String> sha256;

  Download(Hub hub, URI address, HubFile file, Path target, Hub.Watch watch) {
    this.hub = hub;
    this.address = address;
    this.file = file;
    this.target = target;
    this.partial = target.resolveSibling(target.getFileName() + ".partial");
    this.validator = target.resolveSibling(target.getFileName() + ".partial.etag");
    this.watch = watch;
    this.sha256 = file.sha256();
  }

  void run() throws IOException {
    Files.createDirectories(target.getParent());
    int barren = 0;
    while (here() < file.bytes() || Files.notExists(partial)) {
      long before = here();
      try {
        transfer();
        if (here() < file.bytes()) {
          throw new IOException("the connection ended at byte " + here() + " of " + file.bytes());
        }
      } catch (DiskFailure e) {
        throw e.reason();
      } catch (IOException broken) {
        barren = here() > before ? 0 : barren + 1;
        if (barren == BARREN_MAX) {
          throw Hub.unreachable(address, broken);
        }
      }
    }
    verify();
    Files.move(
        partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(validator);
  }

  /** The disk, not the network: trying again does not help. */
  private static final class DiskFailure extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    DiskFailure(IOException reason) {
      super(reason);
      this.reason = reason;
    }

    IOException reason() {
      return reason;
    }
  }

  private long here() throws IOException {
    return Files.exists(partial) ? Files.size(partial) : 0;
  }

  private void transfer() throws IOException {
    Map<String, String> headers = new HashMap<>();
    Optional<String> known = known();
    long from = known.isPresent() ? here() : 0;
    if (from > 0 && from < file.bytes()) {
      headers.put("Range", "bytes=" + from + "-");
      headers.put("If-Range", known.orElseThrow());
    }
    try (Answer answer = hub.requests().get(address, headers)) {
      switch (answer.status()) {
        case 200 -> receive(answer, 0);
        case 206 -> receive(answer, continued(answer, from));
        default -> throw hub.refused(file.name(), answer);
      }
    }
  }

  private Optional<String> known() throws IOException {
    return Files.exists(validator) && Files.exists(partial)
        ? Optional.of(Files.readString(validator, StandardCharsets.US_ASCII))
        : Optional.empty();
  }

  private long continued(Answer answer, long from) {
    if (from == 0 || answer.rangeStart().orElse(-1) != from) {
      throw new HubException(
          answer.address().getHost() + " sent another part of " + file.name() + " than asked for");
    }
    return from;
  }

  private void receive(Answer answer, long from) throws IOException {
    requireExpected(answer);
    try (OutputStream out = open(answer, from)) {
      copy(answer, out, from);
    }
  }

  /** What the head of the answer says of the file must be what the listing said. */
  private void requireExpected(Answer answer) {
    Optional<String> linked =
        answer
            .hubEtag()
            .map(etag -> etag.replaceAll("^W/|\"", ""))
            .filter(etag -> etag.matches("[0-9a-f]{64}"));
    if (linked.isPresent() && sha256.isPresent() && !linked.equals(sha256)) {
      throw new HubException(
          "the hub lists " + file.name() + " with another SHA-256 than it serves; try again later");
    }
    sha256 = sha256.or(() -> linked);
  }

  private OutputStream open(Answer answer, long from) throws IOException {
    try {
      if (from > 0) {
        return Files.newOutputStream(partial, StandardOpenOption.APPEND);
      }
      Files.deleteIfExists(validator);
      OutputStream out = Files.newOutputStream(partial);
      Optional<String> etag = answer.strongEtag();
      if (etag.isPresent()) {
        Files.writeString(validator, etag.orElseThrow(), StandardCharsets.US_ASCII);
      }
      return out;
    } catch (IOException e) {
      throw new DiskFailure(e);
    }
  }

  private void copy(Answer answer, OutputStream out, long from) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long at = from;
    long reported = from;
    watch.at(file, at);
    try (InputStream in = answer.body()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        at += read;
        if (at > file.bytes()) {
          throw new HubException(
              file.name() + " is longer than the " + file.bytes() + " bytes the hub lists");
        }
        try {
          out.write(buffer, 0, read);
        } catch (IOException e) {
          throw new DiskFailure(e);
        }
        if (at - reported >= REPORT_BYTES || at == file.bytes()) {
          reported = at;
          watch.at(file, at);
        }
      }
    }
  }

  private void verify() throws IOException {
    if (here() != file.bytes()) {
      throw discard("has " + here() + " bytes, the hub lists " + file.bytes());
    }
    if (sha256.isPresent()) {
      String found = Sha256.of(partial);
      if (!found.equals(sha256.orElseThrow())) {
        throw discard("has SHA-256 " + found + ", the hub says " + sha256.orElseThrow());
      }
    } else if (file.blob().isPresent()) {
      String found = GitBlob.name(partial);
      if (!found.equals(file.blob().orElseThrow())) {
        throw discard("has git blob id " + found + ", the hub says " + file.blob().orElseThrow());
      }
    }
  }

  /** Damaged content is no basis to go on from. */
  private HubException discard(String what) throws IOException {
    Files.deleteIfExists(partial);
    Files.deleteIfExists(validator);
    return new HubException(
        file.name() + " " + what + "; it was discarded, import again to fetch it anew");
  }
}
