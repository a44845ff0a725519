package dev.gatun.server.hub;

/**
 * A model repository at one revision.
 *
 * @param owner user or organisation
 * @param name repository of that owner
 * @param revision branch, tag or commit
 */
public record RepositoryId(String owner, String name, String revision) {
  private static final String PART = "[A-Za-z0-9_][A-Za-z0-9._-]{0,95}";
  private static final int REVISION_MAX = 250;

  public RepositoryId {
    if (!owner.matches(PART) || !name.matches(PART)) {
      throw new HubException(
          owner + "/" + name + " is not a repository id: OWNER/NAME of letters, digits, . _ -");
    }
    if (revision.isEmpty()
        || revision.length() > REVISION_MAX
        || revision.contains("..")
        || !revision.chars().allMatch(c -> c > ' ' && c < 127 && "?#%\\".indexOf(c) < 0)) {
      throw new HubException(
          "revision '" + revision + "' is neither a branch, a tag nor a commit of " + owner);
    }
  }

  /** Whether a text has the form of an id, {@code OWNER/NAME}. */
  public static boolean looksLike(String text) {
    String[] parts = text.split("/", -1);
    return parts.length == 2 && parts[0].matches(PART) && parts[1].matches(PART);
  }

  /**
   * The repository of an id.
   *
   * @param id {@code OWNER/NAME}
   * @throws HubException when it is something else
   */
  public static RepositoryId of(String id, String revision) {
    String[] parts = id.split("/", -1);
    if (parts.length != 2) {
      throw new HubException(id + " is not a repository id: OWNER/NAME expected");
    }
    return new RepositoryId(parts[0], parts[1], revision);
  }

  /** {@code OWNER/NAME}. */
  public String id() {
    return owner + "/" + name;
  }

  @Override
  public String toString() {
    return id() + "@" + revision;
  }
}
