package dev.gatun.server.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Takes an Arrow column, or a part of one, apart into the leaves that Parquet stores. Every part
 * may be null in the file, except the key of a map.
 */
sealed interface ParquetShredder {
  /** Optional, in parquet.thrift, FieldRepetitionType. */
  int OPTIONAL = 1;

  /** Repeated. */
  int REPEATED = 2;

  /**
   * Writes one value.
   *
   * @param repetition level at which it continues its row
   * @param definition how many of the optional and repeated parts above it are there
   */
  void write(int index, int repetition, int definition);

  /** Writes that a part above is not there. */
  void absent(int repetition, int definition);

  /** Adds the elements of the schema, in depth-first order. */
  void schema(List<Consumer<ThriftOutput>> into);

  /** Adds the leaves in the order of the schema. */
  void leaves(List<ParquetPages> into);

  /**
   * For a column or a part of one.
   *
   * @param path names above it
   * @param definition optional and repeated parts above it
   * @param repetition repeated parts above it
   * @throws ExchangeException when there is no Parquet form of its type
   */
  static ParquetShredder of(FieldVector vector, List<String> path, int definition, int repetition) {
    return of(vector, vector.getName(), path, definition, repetition);
  }

  private static ParquetShredder of(
      FieldVector vector, String name, List<String> path, int definition, int repetition) {
    List<String> own = below(path, name);
    int present = definition + 1;
    return switch (vector) {
      case MapVector map -> {
        List<FieldVector> pair = ((StructVector) map.getDataVector()).getChildrenFromFields();
        List<String> inner = below(own, "key_value");
        List<ParquetShredder> parts =
            List.of(
                leaf(pair.getFirst(), "key", inner, present + 1, repetition + 1, true),
                of(pair.getLast(), "value", inner, present + 1, repetition + 1));
        yield new Repeated(map, name, true, repetition + 1, parts);
      }
      case BaseListVector list -> {
        List<String> inner = below(own, "list");
        ParquetShredder element =
            of(
                list.getChildrenFromFields().getFirst(),
                "element",
                inner,
                present + 1,
                repetition + 1);
        yield new Repeated(list, name, false, repetition + 1, List.of(element));
      }
      case StructVector struct -> {
        List<ParquetShredder> members = new ArrayList<>();
        for (FieldVector member : struct.getChildrenFromFields()) {
          members.add(of(member, member.getName(), own, present, repetition));
        }
        yield new Struct(struct, name, List.copyOf(members));
      }
      default -> leaf(vector, name, path, definition, repetition, false);
    };
  }

  private static Leaf leaf(
      FieldVector vector,
      String name,
      List<String> path,
      int definition,
      int repetition,
      boolean required) {
    ParquetStored stored = ParquetStored.of(vector);
    int present = definition + (required ? 0 : 1);
    var pages = new ParquetPages(below(path, name), stored.physical(), present, repetition);
    return new Leaf(vector, name, required, stored, pages);
  }

  private static List<String> below(List<String> path, String name) {
    List<String> below = new ArrayList<>(path);
    below.add(name);
    return List.copyOf(below);
  }

  /** Values themselves. */
  record Leaf(
      FieldVector vector, String name, boolean required, ParquetStored stored, ParquetPages pages)
      implements ParquetShredder {
    @Override
    public void write(int index, int repetition, int definition) {
      if (vector.isNull(index) && !required) {
        pages.level(repetition, definition);
      } else {
        pages.level(repetition, definition + (required ? 0 : 1));
        stored.write(vector, index, pages);
      }
    }

    @Override
    public void absent(int repetition, int definition) {
      pages.level(repetition, definition);
    }

    @Override
    public void schema(List<Consumer<ThriftOutput>> into) {
      into.add(element -> stored.schema(element, name, required));
    }

    @Override
    public void leaves(List<ParquetPages> into) {
      into.add(pages);
    }
  }

  /** Members side by side. */
  record Struct(StructVector vector, String name, List<ParquetShredder> members)
      implements ParquetShredder {
    @Override
    public void write(int index, int repetition, int definition) {
      if (vector.isNull(index)) {
        absent(repetition, definition);
      } else {
        members.forEach(member -> member.write(index, repetition, definition + 1));
      }
    }

    @Override
    public void absent(int repetition, int definition) {
      members.forEach(member -> member.absent(repetition, definition));
    }

    @Override
    public void schema(List<Consumer<ThriftOutput>> into) {
      into.add(group -> {
        group.int32(3, OPTIONAL);
        group.text(4, name);
        group.int32(5, members.size());
      });
      members.forEach(member -> member.schema(into));
    }

    @Override
    public void leaves(List<ParquetPages> into) {
      members.forEach(member -> member.leaves(into));
    }
  }

  /**
   * A list, or a map as a list of keys and values.
   *
   * @param level of repetition of its elements after the first
   */
  record Repeated(
      BaseListVector vector, String name, boolean map, int level, List<ParquetShredder> parts)
      implements ParquetShredder {
    @Override
    public void write(int index, int repetition, int definition) {
      if (vector.isNull(index)) {
        absent(repetition, definition);
        return;
      }
      int start = vector.getElementStartIndex(index);
      int end = vector.getElementEndIndex(index);
      if (start == end) {
        absent(repetition, definition + 1);
      }
      for (int i = start; i < end; i++) {
        int element = i;
        int at = i == start ? repetition : level;
        parts.forEach(part -> part.write(element, at, definition + 2));
      }
    }

    @Override
    public void absent(int repetition, int definition) {
      parts.forEach(part -> part.absent(repetition, definition));
    }

    @Override
    public void schema(List<Consumer<ThriftOutput>> into) {
      into.add(group -> {
        group.int32(3, OPTIONAL);
        group.text(4, name);
        group.int32(5, 1);
        group.int32(6, map ? 1 : 3);
        group.struct(10, logical -> logical.struct(map ? 2 : 3, _ -> {}));
      });
      into.add(group -> {
        group.int32(3, REPEATED);
        group.text(4, map ? "key_value" : "list");
        group.int32(5, parts.size());
      });
      parts.forEach(part -> part.schema(into));
    }

    @Override
    public void leaves(List<ParquetPages> into) {
      parts.forEach(part -> part.leaves(into));
    }
  }
}
