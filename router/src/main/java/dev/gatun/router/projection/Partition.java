package dev.gatun.router.projection;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Optional;

/**
 * Rules of one family of which at most one matches.
 *
 * @param family of all members: domain or embedding
 * @param members names of rules
 * @param otherwise the member that matches when no other does
 * @param temperature of the softmax, above 0; without meaning for {@link Semantics#EXCLUSIVE}
 */
public record Partition(
    String name,
    Family family,
    Semantics semantics,
    List<String> members,
    Optional<String> otherwise,
    double temperature) {

  /** What becomes of the winner's confidence. */
  public enum Semantics {
    /** It stays as it is. */
    EXCLUSIVE("exclusive"),
    /** Its share in a softmax over the members that matched. */
    SOFTMAX_EXCLUSIVE("softmax_exclusive"),
    /** Its share in a softmax over the scores of all members. */
    SOFTMAX_ALL("softmax_all");

    private final String word;

    Semantics(String word) {
      this.word = word;
    }

    /** As the configuration writes it. */
    public String word() {
      return word;
    }
  }

  public Partition {
    members = List.copyOf(members);
  }

  /** The members as signals. */
  public List<SignalKey> keys() {
    return members.stream().map(member -> new SignalKey(family, member)).toList();
  }
}
