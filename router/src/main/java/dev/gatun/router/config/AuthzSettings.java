package dev.gatun.router.config;

import java.util.Set;

/**
 * How requests say who asks.
 *
 * @param failOpen whether requests of somebody unknown pass, without a role
 * @param userIdHeader name of the header, in lower case
 * @param userGroupsHeader of groups separated by commas; name in lower case
 */
public record AuthzSettings(boolean failOpen, String userIdHeader, String userGroupsHeader) {
  public static AuthzSettings byDefault() {
    return new AuthzSettings(false, "x-authz-user-id", "x-authz-user-groups");
  }

  /** The headers that say who asks; no backend gets them. */
  public Set<String> identityHeaders() {
    return userIdHeader.equals(userGroupsHeader)
        ? Set.of(userIdHeader)
        : Set.of(userIdHeader, userGroupsHeader);
  }
}
