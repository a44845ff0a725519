package dev.gatun.router.config;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An address as it may be shown: without the user and the password that can stand before its host,
 * and without the secrets among its parameters.
 */
final class ShownAddress {
  /** Keys with an address or a part of one, which may do without a scheme. */
  private static final Set<String> KEYS =
      Set.of("address", "base_url", "chat_path", "endpoint", "url");

  private static final String SCHEME_END = "://";

  private ShownAddress() {}

  /** What may be shown of a text that stands under a key; all of one that is no address. */
  static String of(String text, String key) {
    boolean isAddress = text.contains(SCHEME_END) || KEYS.contains(key);
    return isAddress ? withoutSecrets(withoutUser(text)) : text;
  }

  private static String withoutUser(String text) {
    int scheme = text.indexOf(SCHEME_END);
    int start = scheme < 0 ? 0 : scheme + SCHEME_END.length();
    int at = Target.userEnd(text);
    return at < 0 ? text : text.substring(0, start) + Redaction.HIDDEN + text.substring(at);
  }

  private static String withoutSecrets(String text) {
    int query = text.indexOf('?');
    if (query < 0) {
      return text;
    }
    int fragment = text.indexOf('#', query);
    int end = fragment < 0 ? text.length() : fragment;
    String parameters =
        Arrays.stream(text.substring(query + 1, end).split("&", -1))
            .map(ShownAddress::parameter)
            .collect(Collectors.joining("&"));
    return text.substring(0, query + 1) + parameters + text.substring(end);
  }

  private static String parameter(String written) {
    int equals = written.indexOf('=');
    boolean isSecret =
        equals >= 0
            && SecretPlace.tells(written.substring(0, equals))
            && !Expansion.isReference("", written.substring(equals + 1));
    return isSecret ? written.substring(0, equals + 1) + Redaction.HIDDEN : written;
  }
}
