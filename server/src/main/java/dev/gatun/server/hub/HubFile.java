package dev.gatun.server.hub;

import java.util.Locale;
import java.util.Optional;

/**
 * A file of a repository as the hub lists it.
 *
 * @param name path inside the repository, with slashes; it never leads out of the repository
 * @param bytes its size
 * @param sha256 SHA-256 of the content, which the hub knows of large files
 * @param blob git's name of the content, SHA-1 of "blob SIZE NUL" and the content; for a large file
 *     it is that of a pointer and says nothing
 */
public record HubFile(String name, long bytes, Optional<String> sha256, Optional<String> blob) {
  private static final int NAME_MAX = 512;

  public HubFile {
    if (!isInside(name)) {
      throw new HubException(
          "the repository lists the file '"
              + printable(name)
              + "', which leads out of its folder; do not trust this repository");
    }
    if (bytes < 0) {
      throw new HubException("the hub states no size of " + name + "; try again later");
    }
    sha256 = sha256.map(digest -> digest.toLowerCase(Locale.ROOT));
    if (sha256.filter(digest -> !digest.matches("[0-9a-f]{64}")).isPresent()) {
      throw new HubException("the hub states an impossible SHA-256 of " + name);
    }
  }

  /** Whether a name stays inside of the folder it is resolved against, on every system. */
  static boolean isInside(String name) {
    if (name.isEmpty() || name.length() > NAME_MAX) {
      return false;
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return name.chars().allMatch(c -> c >= ' ' && c != 127 && "\\:".indexOf(c) < 0);
  }

  private static String printable(String name) {
    String text = name.replaceAll("\\p{Cntrl}", "?");
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }
}
