package dev.gatun.router.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds many literal keywords in one pass over a text (Aho and Corasick, CACM 18(6), 1975), so that
 * the cost does not grow with the number of keywords.
 */
public final class LiteralAutomaton {
  private static final int ROOT = 0;

  private final boolean foldsCase;
  private final WordClass words;
  private final List<Literal> literals;
  private final Map<Long, Integer> edges = new HashMap<>();
  private final int[] failure;
  private final int[][] ending;

  /** Next node on the failure path at which a keyword ends; 0 for none. */
  private final int[] endingBelow;

  /**
   * A keyword.
   *
   * @param id reported when found
   * @param bounded whether a word must begin or end on both sides of it
   */
  public record Literal(int id, String text, boolean bounded) {}

  public LiteralAutomaton(List<Literal> literals, boolean foldsCase, WordClass words) {
    this.foldsCase = foldsCase;
    this.words = words;
    this.literals = List.copyOf(literals);
    List<List<Integer>> ends = new ArrayList<>();
    ends.add(new ArrayList<>());
    for (int i = 0; i < literals.size(); i++) {
      ends.get(insert(literals.get(i).text(), ends)).add(i);
    }
    ending = ends.stream().map(LiteralAutomaton::toArray).toArray(int[][]::new);
    failure = new int[ending.length];
    endingBelow = new int[ending.length];
    link();
  }

  /** Adds to {@code found} the ids of all keywords that occur in the text. */
  public void find(String text, BitSet found) {
    if (literals.isEmpty()) {
      return;
    }
    char[] chars = foldsCase ? CaseFolding.fold(text) : text.toCharArray();
    int node = ROOT;
    for (int i = 0; i < chars.length; i++) {
      node = step(node, chars[i]);
      for (int at = node; at != ROOT; at = endingBelow[at]) {
        for (int literal : ending[at]) {
          accept(literals.get(literal), text, i + 1, found);
        }
      }
    }
  }

  private void accept(Literal literal, String text, int end, BitSet found) {
    if (found.get(literal.id())) {
      return;
    }
    int start = end - literal.text().length();
    if (!literal.bounded() || (words.isBoundary(text, start) && words.isBoundary(text, end))) {
      found.set(literal.id());
    }
  }

  private int insert(String text, List<List<Integer>> ends) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a keyword must not be empty");
    }
    int node = ROOT;
    for (char c : foldsCase ? CaseFolding.fold(text) : text.toCharArray()) {
      long edge = edge(node, c);
      Integer next = edges.get(edge);
      if (next == null) {
        next = ends.size();
        ends.add(new ArrayList<>());
        edges.put(edge, next);
      }
      node = next;
    }
    return node;
  }

  /** Breadth first, so that a node's failure target is linked before the node. */
  private void link() {
    int[][] children = children();
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    queue.add(ROOT);
    while (!queue.isEmpty()) {
      int parent = queue.remove();
      for (int i = 0; i < children[parent].length; i += 2) {
        int child = children[parent][i];
        char c = (char) children[parent][i + 1];
        failure[child] = parent == ROOT ? ROOT : step(failure[parent], c);
        int below = failure[child];
        endingBelow[child] = ending[below].length > 0 ? below : endingBelow[below];
        queue.add(child);
      }
    }
  }

  /** Per node: child, character, child, character, in no particular order. */
  private int[][] children() {
    int[][] children = new int[ending.length][0];
    for (Map.Entry<Long, Integer> entry : edges.entrySet()) {
      int parent = (int) (entry.getKey() >>> Character.SIZE);
      int[] known = children[parent];
      int[] longer = Arrays.copyOf(known, known.length + 2);
      longer[known.length] = entry.getValue();
      longer[known.length + 1] = (char) entry.getKey().longValue();
      children[parent] = longer;
    }
    return children;
  }

  private int step(int from, char c) {
    int node = from;
    while (true) {
      Integer next = edges.get(edge(node, c));
      if (next != null) {
        return next;
      }
      if (node == ROOT) {
        return ROOT;
      }
      node = failure[node];
    }
  }

  private static long edge(int node, char c) {
    return ((long) node << Character.SIZE) | c;
  }

  private static int[] toArray(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
