package dev.gatun.server.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A column of a Parquet schema, or a part of one.
 *
 * @param maxDefinition level from which it is there: optional and repeated nodes on the way to it
 * @param maxRepetition repeated nodes on the way to it
 * @param children empty for a leaf
 * @param leaf place among the leaves of the file, of the first one below
 * @param note logical type
 */
record ParquetNode(
    String name,
    boolean optional,
    boolean repeated,
    int maxDefinition,
    int maxRepetition,
    List<ParquetNode> children,
    int leaf,
    Optional<ParquetLeaf> type,
    Note note) {

  /** What a group stands for. */
  enum Note {
    PLAIN,
    LIST,
    MAP
  }

  /** The columns of the schema in a file's metadata. */
  static List<ParquetNode> columns(List<?> elements) {
    var reader = new Reader(elements);
    ParquetNode root = reader.node(0, 0, true);
    if (reader.at != elements.size() || root.children().isEmpty()) {
      throw new ExchangeException("the schema does not fit together");
    }
    return root.children();
  }

  /** Every leaf in the order of the file. */
  static void leaves(List<ParquetNode> nodes, List<ParquetNode> into) {
    for (ParquetNode node : nodes) {
      if (node.type().isPresent()) {
        into.add(node);
      }
      leaves(node.children(), into);
    }
  }

  /** The schema is a list in depth-first order; each element tells how many children follow. */
  private static final class Reader {
    private static final int DEPTH_MAX = 32;
    private final List<?> elements;
    private int at;
    private int leaves;
    private int depth;

    Reader(List<?> elements) {
      this.elements = elements;
    }

    ParquetNode node(int definition, int repetition, boolean root) {
      if (at >= elements.size() || depth++ > DEPTH_MAX) {
        throw new ExchangeException("the schema ends too early or nests too deep");
      }
      Map<?, ?> element = (Map<?, ?>) elements.get(at++);
      long kind = root ? 0 : ParquetFile.number(element, 3, 0);
      int ownDefinition = definition + (kind == 0 ? 0 : 1);
      int ownRepetition = repetition + (kind == 2 ? 1 : 0);
      long count = ParquetFile.number(element, 5, 0);
      int first = leaves;
      Optional<ParquetLeaf> type = Optional.empty();
      if (count == 0 && !root) {
        type = Optional.of(ParquetLeaf.of(element));
        leaves++;
      }
      List<ParquetNode> children = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        children.add(node(ownDefinition, ownRepetition, false));
      }
      depth--;
      return new ParquetNode(
          new String((byte[]) element.get(4), StandardCharsets.UTF_8),
          kind == 1,
          kind == 2,
          ownDefinition,
          ownRepetition,
          List.copyOf(children),
          first,
          type,
          note(element, children));
    }

    private static Note note(Map<?, ?> element, List<ParquetNode> children) {
      Object logical = element.get(10);
      long converted = ParquetFile.number(element, 6, -1);
      boolean single = children.size() == 1 && children.getFirst().repeated();
      if (single && (converted == 3 || has(logical, 3))) {
        return Note.LIST;
      }
      boolean pairs = single && children.getFirst().children().size() == 2;
      boolean map = converted == 1 || converted == 2 || has(logical, 2);
      return pairs && map ? Note.MAP : Note.PLAIN;
    }

    private static boolean has(@org.jspecify.annotations.Nullable Object union, int member) {
      return union instanceof Map<?, ?> members && members.containsKey(member);
    }
  }
}
