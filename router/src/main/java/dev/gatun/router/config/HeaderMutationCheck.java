package dev.gatun.router.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Headers that a plugin may set: names that are names, values of one line (spec plugins §2.3). */
final class HeaderMutationCheck {
  /** They belong to one connection or to this program. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "api-key", "cookie", "proxy-authorization", "x-api-key");

  private HeaderMutationCheck() {}

  static void of(Section payload, String decision) {
    boolean credentials = payload.flag("allow_credentials", false);
    for (String list : List.of("add", "update")) {
      for (Section header : payload.sections(list)) {
        name(header, "name", header.text("name").orElse(""), credentials, decision);
        boolean hasBreak =
            header
                .writtenText("value")
                .orElse("")
                .chars()
                .anyMatch(c -> c == 0 || c == 10 || c == 13);
        if (hasBreak) {
          header.unnoticed("value", "a header is one line" + decision, "remove line breaks");
        }
      }
    }
    payload.texts("delete").forEach(n -> name(payload, "delete", n, credentials, decision));
  }

  private static void name(
      Section section, String key, String name, boolean credentials, String decision) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!HeaderName.isValid(name)) {
      section.unnoticed(
          key, "this is no name of a header" + decision, "write letters, digits and hyphens");
    } else if (RESERVED.contains(lower) || lower.startsWith("x-vsr-")) {
      section.unnoticed(
          key, "the header " + name + " is not a plugin's to change" + decision, "remove it");
    } else if (CREDENTIALS.contains(lower) && !credentials) {
      section.unnoticed(
          key,
          "the header " + name + " holds credentials" + decision,
          "remove it, or write allow_credentials: true");
    }
  }
}
