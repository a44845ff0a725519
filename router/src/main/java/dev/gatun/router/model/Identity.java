package dev.gatun.router.model;

import java.util.Arrays;
import java.util.List;

/**
 * Who asks, as somebody trusted has said. The router believes it: whoever hands it in has made sure
 * that the client cannot choose it.
 *
 * @param user id of the user, empty when nobody has said
 * @param groups the user belongs to
 */
public record Identity(String user, List<String> groups) {
  public Identity {
    groups = List.copyOf(groups);
  }

  public static Identity unknown() {
    return new Identity("", List.of());
  }

  /**
   * Whose texts these are: what is remembered of them is used for nobody else. The same for all of
   * whom nothing is known.
   */
  public String tenant() {
    if (!user.isEmpty()) {
      return "user " + user;
    }
    return groups.isEmpty() ? "" : "groups " + String.join(",", groups);
  }

  /**
   * Reads groups from one line.
   *
   * @param line names separated by commas; blanks around them and empty names are left out
   */
  public static List<String> groups(String line) {
    return Arrays.stream(line.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }
}
