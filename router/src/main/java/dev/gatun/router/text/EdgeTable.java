package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The edges of a tree of characters in one open-addressing hash table, two array reads a step. */
final class EdgeTable {
  private static final long EMPTY = -1;
  private static final int SLOTS_PER_EDGE = 2;

  private final long[] keys;
  private final int[] targets;
  private final int mask;

  /**
   * An edge.
   *
   * @param label the character it reads
   */
  record Edge(int source, char label, int target) {}

  /**
   * An empty table.
   *
   * @param edgesMax the most edges that will be added
   */
  EdgeTable(int edgesMax) {
    int slots = Integer.highestOneBit(Math.max(edgesMax, 1) * SLOTS_PER_EDGE) * 2;
    keys = new long[slots];
    Arrays.fill(keys, EMPTY);
    targets = new int[slots];
    mask = slots - 1;
  }

  void add(int source, char label, int target) {
    int slot = slot(key(source, label));
    keys[slot] = key(source, label);
    targets[slot] = target;
  }

  /** Where an edge leads, or -1 without such an edge. */
  int target(int source, char label) {
    long key = key(source, label);
    int slot = slot(key);
    return keys[slot] == key ? targets[slot] : -1;
  }

  /**
   * All edges, those nearer to the root first. Nodes must have been numbered so that every source
   * is smaller than its target.
   */
  List<Edge> breadthFirst() {
    List<Edge> edges = new ArrayList<>();
    int nodes = 1;
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != EMPTY) {
        int source = (int) (keys[slot] >>> Character.SIZE);
        edges.add(new Edge(source, (char) keys[slot], targets[slot]));
        nodes = Math.max(nodes, targets[slot] + 1);
      }
    }
    edges.sort(Comparator.comparingInt(Edge::target));
    int[] depth = new int[nodes];
    edges.forEach(edge -> depth[edge.target()] = depth[edge.source()] + 1);
    edges.sort(Comparator.comparingInt(edge -> depth[edge.target()]));
    return edges;
  }

  /** The slot that holds a key, or the free one where it belongs. */
  private int slot(long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static long key(int source, char label) {
    return ((long) source << Character.SIZE) | label;
  }
}
