package dev.gatun.server.http;

import dev.gatun.router.model.Secret;
import dev.gatun.server.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * The keys a listener accepts. Digests of equal length are compared, all of them for every request,
 * so the time taken says nothing about a key.
 */
public final class ApiKeys {
  private static final String SCHEME = "bearer ";

  private final List<byte[]> digests;

  ApiKeys(List<Secret> keys) {
    digests = keys.stream().map(key -> digest(key.reveal())).toList();
  }

  /**
   * Whether a request may go on.
   *
   * @param authorization value of the Authorization header
   */
  boolean accept(Optional<String> authorization) {
    if (digests.isEmpty()) {
      return true;
    }
    String value = authorization.orElse("");
    boolean bearer = value.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    byte[] given = digest(bearer ? value.substring(SCHEME.length()).strip() : "");
    boolean known = false;
    for (byte[] expected : digests) {
      known |= MessageDigest.isEqual(expected, given);
    }
    return bearer && known;
  }

  private static byte[] digest(String key) {
    return Sha256.digest().digest(key.getBytes(StandardCharsets.UTF_8));
  }
}
