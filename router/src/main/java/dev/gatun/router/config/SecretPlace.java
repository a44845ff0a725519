package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A place in a document, seen by whether secrets stand there.
 *
 * @param parent key of the mapping that the key stands in, empty where there is none
 * @param key of the nearest mapping
 * @param kind of what stands there
 */
record SecretPlace(String parent, String key, Kind kind) {
  static final SecretPlace ROOT = new SecretPlace("", "", Kind.OPEN);

  private static final Set<String> SECRETS =
      Set.of(
          "api_key",
          "api_keys",
          "access_key",
          "password",
          "auth_token",
          "token",
          "secret",
          "client_secret");

  /** Headers often are credentials, however they are called. */
  private static final Set<String> HEADERS = Set.of("extra_headers", "headers");

  /** Variables of a process, which often are as well. */
  private static final String VARIABLES = "env";

  private static final String ARGUMENTS = "args";

  /** Of a backend the name of a header; of a search its value, which has a blank. */
  private static final String AUTH = "auth_header";

  /** Parts of the names of headers and options that stand before a secret. */
  private static final List<String> TELLING =
      List.of("auth", "cookie", "credential", "key", "passw", "secret", "token");

  /** What stands at a place. */
  enum Kind {
    OPEN,
    SECRET,
    /** The value of a header, which may be a secret. */
    HEADER,
    /** A mapping with a name and a value, by the name of a header that is a secret. */
    NAMED
  }

  /** The place of what is in a mapping that stands here. */
  SecretPlace in(Node mapping) {
    boolean isNamed =
        mapping instanceof Mapping pair
            && pair.value("value").isPresent()
            && pair.value("name").orElse(pair) instanceof Scalar name
            && tells(name.text());
    return isNamed && kind == Kind.OPEN ? new SecretPlace(parent, key, Kind.NAMED) : this;
  }

  /** The place under a key of the mapping that stands here. */
  SecretPlace at(String inner) {
    return new SecretPlace(key, inner, kindOf(inner));
  }

  private Kind kindOf(String inner) {
    if (SECRETS.contains(inner) || key.equals(VARIABLES) || kind == Kind.SECRET) {
      return Kind.SECRET;
    }
    // Under providers of credentials the names of headers stand there.
    if ((HEADERS.contains(key) && !parent.equals("providers")) || kind == Kind.HEADER) {
      return Kind.HEADER;
    }
    return kind == Kind.NAMED && inner.equals("value") ? Kind.SECRET : Kind.OPEN;
  }

  /** The place of the next item of a list: an option may say that a secret follows. */
  SecretPlace after(Node item) {
    boolean announces =
        key.equals(ARGUMENTS)
            && item instanceof Scalar option
            && option.text().startsWith("-")
            && option.text().indexOf('=') < 0
            && tells(option.text());
    return announces ? new SecretPlace(parent, key, Kind.SECRET) : this;
  }

  /** Whether what stands here is never shown. */
  boolean isSecret() {
    return kind == Kind.SECRET || kind == Kind.HEADER;
  }

  /** Whether what stands here is a credential, and not only some header. */
  boolean isCredential() {
    return kind == Kind.SECRET || (kind == Kind.HEADER && tells(key));
  }

  /** A text that is no secret as a whole, without the secret in it. */
  String shown(String text) {
    if (key.equals(AUTH) && text.indexOf(' ') >= 0) {
      return Redaction.HIDDEN;
    }
    int end = key.equals(ARGUMENTS) ? nameEnd(text) : -1;
    return end >= 0 && tells(text.substring(0, end))
        ? text.substring(0, end + 1) + Redaction.HIDDEN
        : text;
  }

  /** Where the name ends in {@code --name=value} or {@code Name: value}; negative in others. */
  private static int nameEnd(String text) {
    return text.startsWith("-") ? text.indexOf('=') : text.indexOf(':');
  }

  /** Whether a name is one that secrets have. */
  static boolean tells(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return TELLING.stream().anyMatch(lower::contains);
  }
}
