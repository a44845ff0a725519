package dev.gatun.server.config;

import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a configuration file said at one moment.
 *
 * @param path names the file in messages; its neighbours are looked up beside it
 */
public record ConfigText(Path path, String text) {
  /** The file is larger than any configuration. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super("the file is larger than 16 MiB");
    }
  }

  /**
   * Reads a file once.
   *
   * @throws CharacterCodingException when it is not UTF-8
   */
  public static ConfigText read(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(YamlReader.BYTES_MAX + 1);
      if (bytes.length > YamlReader.BYTES_MAX) {
        throw new TooLargeException();
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new ConfigText(path, text);
    }
  }

  /** SHA-256 of the bytes of the file, in lower-case hexadecimal digits. */
  public String hash() {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
