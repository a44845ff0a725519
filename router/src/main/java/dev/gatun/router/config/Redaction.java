package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.Set;

/**
 * Configuration text without its secrets, for whoever may read how a router is set up. References
 * to the environment stay as they are: a name is no secret.
 */
public final class Redaction {
  private static final Set<String> SECRETS =
      Set.of("api_key", "api_keys", "access_key", "password", "auth_token");

  /** Headers for a backend and variables of a process often are credentials, however called. */
  private static final Set<String> SECRET_MAPPINGS = Set.of("extra_headers", "env");

  /** What is shown instead. */
  static final String HIDDEN = "***";

  private Redaction() {}

  /**
   * Whether what stands under a key is a secret.
   *
   * @param parent key of the mapping that the key stands in, empty where there is none
   */
  static boolean isSecret(String parent, String key) {
    return SECRETS.contains(key) || SECRET_MAPPINGS.contains(parent);
  }

  /** A whole document. */
  public static Node of(Node document) {
    return of(document, "");
  }

  /** The value of a key. */
  static Node of(Node node, String key) {
    return switch (node) {
      case Mapping(Position at, var entries) ->
          new Mapping(at, entries.stream().map(entry -> entry(entry, key)).toList());
      case Sequence(Position at, var items) ->
          new Sequence(at, items.stream().map(item -> of(item, key)).toList());
      case Scalar scalar ->
          isSecret("", key) && !scalar.text().startsWith("$")
              ? Scalar.plain(scalar.position(), HIDDEN)
              : scalar;
    };
  }

  private static Entry entry(Entry entry, String parent) {
    String key = SECRET_MAPPINGS.contains(parent) ? "api_key" : entry.key();
    return new Entry(entry.position(), entry.key(), of(entry.value(), key));
  }
}
