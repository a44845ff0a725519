package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Finds many literal keywords in one pass over a text (Aho and Corasick, CACM 18(6), 1975), so that
 * the cost does not grow with the number of keywords. Around the root, where most of a text is
 * read, a step is one look into a table; farther away it is one into a hash table.
 */
public final class LiteralAutomaton {
  private static final int ROOT = 0;

  /** Entries of the table around the root; 1 MiB at most, of which little is read. */
  private static final int TABLE_MAX = 1 << 18;

  private final boolean foldsCase;
  private final WordClass words;
  private final List<Literal> literals;

  /** Characters of the longest keyword. */
  private final int longest;

  private final EdgeTable edges;
  private final int[] failure;
  private final int[][] ending;

  /** The node itself or the next one on its failure path at which a keyword ends; 0 for none. */
  private final int[] endingFrom;

  private final CharacterClasses classes;

  /**
   * Nodes as states. Of a node with a row in the table, where the row begins, times 2, and 1 more
   * when a keyword ends there; of any other the complement of its number.
   */
  private final int[] states;

  /** The next state by row and class of the character. */
  private final int[] table;

  /** The node of each row. */
  private final int[] nodes;

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
    longest = literals.stream().mapToInt(literal -> literal.text().length()).max().orElse(0);
    int characters = literals.stream().mapToInt(literal -> literal.text().length()).sum();
    edges = new EdgeTable(characters);
    List<List<Integer>> ends = new ArrayList<>();
    ends.add(new ArrayList<>());
    for (int i = 0; i < literals.size(); i++) {
      ends.get(insert(literals.get(i).text(), ends)).add(i);
    }
    ending = ends.stream().map(LiteralAutomaton::toArray).toArray(int[][]::new);
    failure = new int[ending.length];
    endingFrom = new int[ending.length];
    List<EdgeTable.Edge> breadthFirst = edges.breadthFirst();
    classes =
        CharacterClasses.of(breadthFirst.stream().map(EdgeTable.Edge::label).toList(), foldsCase);
    link(breadthFirst);
    int rows = Math.min(ending.length, Math.max(1, TABLE_MAX / classes.size()));
    nodes = new int[rows];
    for (int i = 1; i < rows; i++) {
      nodes[i] = breadthFirst.get(i - 1).target();
    }
    states = states();
    table = new int[rows * classes.size()];
    tabulate(breadthFirst);
  }

  /** Adds to {@code found} the ids of all keywords that occur in the text. */
  public void find(String text, BitSet found) {
    if (literals.isEmpty()) {
      return;
    }
    // Classes of characters fold ASCII by themselves.
    char[] chars = text.toCharArray();
    if (foldsCase && !CaseFolding.isAscii(chars)) {
      chars = CaseFolding.fold(text);
    }
    find(chars, text, found);
  }

  /**
   * Reads both halves of the text at once: a step waits for the one before it, but not for those of
   * the other half. The first half is read on into the second as far as a keyword can reach.
   */
  private void find(char[] chars, String text, BitSet found) {
    int half = chars.length / 2;
    int first = states[ROOT];
    int second = states[ROOT];
    for (int i = 0, j = half; i < half; i++, j++) {
      first = step(first, chars[i]);
      second = step(second, chars[j]);
      if (first < 0 || (first & 1) != 0) {
        report(first, text, i + 1, found);
      }
      if (second < 0 || (second & 1) != 0) {
        report(second, text, j + 1, found);
      }
    }
    read(first, half, Math.min(half + longest - 1, chars.length), chars, text, found);
    read(second, 2 * half, chars.length, chars, text, found);
  }

  private void read(int from, int start, int end, char[] chars, String text, BitSet found) {
    int state = from;
    for (int i = start; i < end; i++) {
      state = step(state, chars[i]);
      if (state < 0 || (state & 1) != 0) {
        report(state, text, i + 1, found);
      }
    }
  }

  private int step(int state, char c) {
    int characterClass = classes.of(c);
    return state >= 0 ? table[(state >> 1) + characterClass] : stepFar(~state, c, characterClass);
  }

  private void report(int state, String text, int end, BitSet found) {
    int node = state < 0 ? ~state : nodes[(state >> 1) / classes.size()];
    for (int at = endingFrom[node]; at != ROOT; at = endingFrom[failure[at]]) {
      for (int literal : ending[at]) {
        accept(literals.get(literal), text, end, found);
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
  private void link(List<EdgeTable.Edge> breadthFirst) {
    for (EdgeTable.Edge edge : breadthFirst) {
      int child = edge.target();
      failure[child] = edge.source() == ROOT ? ROOT : walk(failure[edge.source()], edge.label());
      endingFrom[child] = ending[child].length > 0 ? child : endingFrom[failure[child]];
    }
  }

  /** Where a character leads, found without the table. */
  private int walk(int from, char c) {
    int node = from;
    while (true) {
      int next = edges.target(node, c);
      if (next >= 0 || node == ROOT) {
        return Math.max(next, ROOT);
      }
      node = failure[node];
    }
  }

  private int[] states() {
    int[] all = new int[ending.length];
    for (int node = 0; node < all.length; node++) {
      all[node] = ~node;
    }
    for (int i = 0; i < nodes.length; i++) {
      boolean ends = endingFrom[nodes[i]] != ROOT;
      all[nodes[i]] = 2 * i * classes.size() + (ends ? 1 : 0);
    }
    return all;
  }

  /**
   * Fills the rows, which the first nodes in breadth-first order have. A row leads where that of
   * the failure target leads, which is complete by then, except along the edges of its own node.
   */
  private void tabulate(List<EdgeTable.Edge> breadthFirst) {
    List<List<EdgeTable.Edge>> bySource = new ArrayList<>();
    for (int node = 0; node < ending.length; node++) {
      bySource.add(new ArrayList<>(0));
    }
    breadthFirst.forEach(edge -> bySource.get(edge.source()).add(edge));
    Arrays.fill(table, 0, classes.size(), states[ROOT]);
    for (int node : nodes) {
      int row = states[node] >> 1;
      if (node != ROOT) {
        System.arraycopy(table, states[failure[node]] >> 1, table, row, classes.size());
      }
      for (EdgeTable.Edge edge : bySource.get(node)) {
        table[row + classes.of(edge.label())] = states[edge.target()];
      }
    }
  }

  /** The next state from a node without a row. */
  private int stepFar(int from, char c, int characterClass) {
    char label = foldsCase ? CaseFolding.ofAscii(c) : c;
    int node = from;
    while (states[node] < 0) {
      int next = edges.target(node, label);
      if (next >= 0) {
        return states[next];
      }
      node = failure[node];
    }
    return table[(states[node] >> 1) + characterClass];
  }

  private static int[] toArray(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
