package dev.gatun.router.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An image of a message, or an example of a rule.
 *
 * @param type how it is coded: {@code png}, {@code jpeg}, {@code gif} or {@code webp}
 * @param base64 the coded image in base64; not empty, and not checked
 */
public record Image(String type, String base64) {
  private static final List<String> TYPES = List.of("png", "jpeg", "gif", "webp");

  /** Another word that many clients use. */
  private static final String JPG = "jpg";

  private static final String MIME = "image/";
  private static final String URI = "data:" + MIME;
  private static final String CODING = ";base64,";

  /** Base64 characters of the bytes that tell how an image is coded; a multiple of 4. */
  private static final int HEAD = 16;

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};
  private static final byte[] GIF = "GIF8".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RIFF = "RIFF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] WEBP = "WEBP".getBytes(StandardCharsets.US_ASCII);
  private static final int WEBP_AT = 8;

  public Image {
    if (!TYPES.contains(type) || base64.isEmpty()) {
      throw new IllegalArgumentException("no image of the type " + type);
    }
  }

  /**
   * An image that says how it is coded.
   *
   * @param mime such as {@code image/png}; empty for other types than those above
   */
  public static Optional<Image> of(String mime, String base64) {
    String small = mime.toLowerCase(Locale.ROOT);
    String word = small.startsWith(MIME) ? small.substring(MIME.length()) : "";
    String type = word.equals(JPG) ? "jpeg" : word;
    return TYPES.contains(type) && !base64.isEmpty()
        ? Optional.of(new Image(type, base64))
        : Optional.empty();
  }

  /** The image within a data URI; empty for any other address, or a type of no image. */
  public static Optional<Image> ofDataUri(String uri) {
    int at = uri.indexOf(CODING);
    boolean isData = uri.regionMatches(true, 0, URI, 0, URI.length());
    return at < 0 || !isData
        ? Optional.empty()
        : of(uri.substring("data:".length(), at), uri.substring(at + CODING.length()));
  }

  /** An image whose first bytes say how it is coded; empty for what is none. */
  public static Optional<Image> ofBase64(String base64) {
    try {
      String head = base64.substring(0, Math.min(HEAD, base64.length()));
      return typeOf(Base64.getDecoder().decode(head)).map(type -> new Image(type, base64));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no base64
    }
  }

  /** The same of the coded image itself. */
  public static Optional<Image> ofBytes(byte[] bytes) {
    return typeOf(bytes).map(type -> new Image(type, Base64.getEncoder().encodeToString(bytes)));
  }

  private static Optional<String> typeOf(byte[] bytes) {
    if (has(bytes, 0, PNG)) {
      return Optional.of("png");
    }
    if (has(bytes, 0, JPEG)) {
      return Optional.of("jpeg");
    }
    if (has(bytes, 0, GIF)) {
      return Optional.of("gif");
    }
    return has(bytes, 0, RIFF) && has(bytes, WEBP_AT, WEBP)
        ? Optional.of("webp")
        : Optional.empty();
  }

  private static boolean has(byte[] bytes, int at, byte[] mark) {
    return bytes.length >= at + mark.length
        && Arrays.equals(bytes, at, at + mark.length, mark, 0, mark.length);
  }

  /** As a data URI. */
  public String uri() {
    return URI + type + CODING + base64;
  }

  /** Leaves out what is shown. */
  @Override
  public String toString() {
    return "Image[type=" + type + ", " + base64.length() + " characters of base64]";
  }
}
