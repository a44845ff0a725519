package dev.gatun.router.config;

import java.util.List;

/**
 * A way to route requests: signals, projections and decisions of its own. Model cards, providers
 * and {@code global} are the same for all profiles of a file.
 *
 * @param name of the recipe; {@value #DEFAULT} is the top-level {@code routing}
 * @param modelNames what entry points call it; automatic names ask for the default profile besides
 */
public record Profile(String name, String description, List<String> modelNames, Routing routing) {
  /** The name of the profile that answers whoever names no other. */
  public static final String DEFAULT = "default";

  public Profile {
    modelNames = List.copyOf(modelNames);
  }

  public boolean isDefault() {
    return name.equals(DEFAULT);
  }
}
