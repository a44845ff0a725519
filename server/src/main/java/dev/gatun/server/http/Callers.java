package dev.gatun.server.http;

import dev.gatun.router.config.AuthzSettings;
import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.Listener;
import dev.gatun.router.model.Identity;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.List;

/** Who sends a request, as far as a listener may believe its headers. */
final class Callers {
  private Callers() {}

  /**
   * The identity that headers claim; nobody's where the listener does not trust them. A user id
   * that is there twice says nothing, because one of the two may be the client's own.
   */
  static Identity identity(Headers headers, Listener listener, GlobalSettings settings) {
    boolean isTrusted =
        switch (settings.router().compatibility()) {
          case GATUN -> listener.trustIdentityHeaders();
          case UPSTREAM_0_3 -> true;
        };
    if (!isTrusted) {
      return Identity.unknown();
    }
    AuthzSettings names = settings.authz();
    List<String> users = headers.values(HeaderNames.create(names.userIdHeader()));
    List<String> groups = headers.values(HeaderNames.create(names.userGroupsHeader()));
    return new Identity(
        users.size() == 1 ? users.getFirst().strip() : "",
        Identity.groups(String.join(",", groups)));
  }
}
