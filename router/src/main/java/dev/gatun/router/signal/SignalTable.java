package dev.gatun.router.signal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;

/**
 * Numbers every signal that a configuration can name, so that evaluation needs neither strings nor
 * hashing.
 */
public final class SignalTable {
  private final List<SignalKey> keys;
  private final Map<SignalKey, Integer> slots = new HashMap<>();

  private SignalTable(List<SignalKey> keys) {
    this.keys = List.copyOf(keys);
    for (SignalKey key : this.keys) {
      slots.put(key, slots.size());
    }
  }

  /** A table of the given keys in their order; repetitions count once. */
  public static SignalTable of(SequencedCollection<SignalKey> keys) {
    return new SignalTable(new ArrayList<>(new LinkedHashSet<>(keys)));
  }

  public int size() {
    return keys.size();
  }

  /** The number of a key, or -1 for a key the configuration does not name. */
  public int slot(SignalKey key) {
    return slots.getOrDefault(key, -1);
  }
}
