package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds many literal keywords in one pass over a text (Aho and Corasick, CACM 18(6), 1975), so that
 * the cost does not grow with the number of keywords.
 */
public final class LiteralAutomaton {
  private static final int ROOT = 0;

  private final boolean foldsCase;
  private final WordClass words;
  private final List<Literal> literals;
  private final EdgeTable edges;
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
    int characters = literals.stream().mapToInt(literal -> literal.text().length()).sum();
    edges = new EdgeTable(characters);
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
      int next = edges.target(node, c);
      if (next < 0) {
        next = ends.size();
        ends.add(new ArrayList<>());
        edges.add(node, c, next);
      }
      node = next;
    }
    return node;
  }

  /** Breadth first, so that a node's failure target is linked before the node. */
  private void link() {
    for (EdgeTable.Edge edge : edges.breadthFirst()) {
      int child = edge.target();
      failure[child] = edge.source() == ROOT ? ROOT : step(failure[edge.source()], edge.label());
      int below = failure[child];
      endingBelow[child] = ending[below].length > 0 ? below : endingBelow[below];
    }
  }

  private int step(int from, char c) {
    int node = from;
    while (true) {
      int next = edges.target(node, c);
      if (next >= 0) {
        return next;
      }
      if (node == ROOT) {
        return ROOT;
      }
      node = failure[node];
    }
  }

  private static int[] toArray(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
