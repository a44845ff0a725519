package dev.gatun.server.exchange;

import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.util.ValueVectorUtility;

/**
 * Which Arrow columns are read, and whether what a file says in them can be: offsets of a damaged
 * file point anywhere.
 */
final class ArrowColumns {
  /** Bytes of a view; see "Variable-size Binary View Layout" of the Arrow columnar format. */
  private static final long VIEW_BYTES = 16;

  /** A value of up to so many bytes stands in its view. */
  private static final int INLINE_MAX = 12;

  private ArrowColumns() {}

  /**
   * Why a column is not read; empty when it is.
   *
   * @param values its type, of a dictionary's values where it has one
   * @param coded whether it has one
   */
  static Optional<String> unread(Field values, boolean coded) {
    Optional<String> strange =
        coded || plain(values).isEmpty() ? strange(values) : Optional.empty();
    return strange.map(type ->
        "is of type " + type + ", which is not read; leave it out, or write it as another type");
  }

  /** The type of a field that is not read, with those that it stands in. */
  private static Optional<String> strange(Field field) {
    ArrowType type = field.getType();
    boolean read =
        switch (type.getTypeID()) {
          case ListView, LargeListView, RunEndEncoded, Utf8View, BinaryView -> false;
          default -> true;
        };
    if (!read) {
      return Optional.of(type.toString());
    }
    for (Field child : field.getChildren()) {
      Optional<String> below =
          child.getDictionary() == null ? strange(child) : Optional.of("dictionary");
      if (below.isPresent()) {
        return Optional.of(type + " of " + below.get());
      }
    }
    return Optional.empty();
  }

  /** What a column of views is given out as: the same values with offsets. */
  static Optional<Field> plain(Field field) {
    Optional<ArrowType> type =
        switch (field.getType()) {
          case ArrowType.Utf8View _ -> Optional.of(new ArrowType.Utf8());
          case ArrowType.BinaryView _ -> Optional.of(new ArrowType.Binary());
          default -> Optional.empty();
        };
    return type.map(
        plain -> new Field(field.getName(), new FieldType(true, plain, null), List.of()));
  }

  /**
   * Copies views into values with offsets.
   *
   * @throws IllegalArgumentException when a view points outside of its buffers
   */
  static void copy(BaseVariableWidthViewVector views, BaseVariableWidthVector plain) {
    int count = views.getValueCount();
    ArrowBuf entries = views.getDataBuffer();
    requireBytes(views, entries, count * VIEW_BYTES);
    requireValidity(views);
    plain.clear();
    plain.allocateNew();
    for (int i = 0; i < count; i++) {
      if (views.isNull(i)) {
        plain.setNull(i);
        continue;
      }
      long at = i * VIEW_BYTES;
      int length = entries.getInt(at);
      if (length >= 0 && length <= INLINE_MAX) {
        plain.setSafe(i, bytes(entries, at + Integer.BYTES, length));
      } else {
        List<ArrowBuf> buffers = views.getDataBuffers();
        int buffer = entries.getInt(at + 2 * Integer.BYTES);
        int offset = entries.getInt(at + 3 * Integer.BYTES);
        if (length < 0 || buffer < 0 || buffer >= buffers.size() || offset < 0) {
          throw new IllegalArgumentException("a view of " + views.getName() + " points nowhere");
        }
        requireBytes(views, buffers.get(buffer), (long) offset + length);
        plain.setSafe(i, bytes(buffers.get(buffer), offset, length));
      }
    }
    plain.setValueCount(count);
  }

  private static byte[] bytes(ArrowBuf from, long at, int length) {
    byte[] bytes = new byte[length];
    from.getBytes(at, bytes);
    return bytes;
  }

  /**
   * Validates a column in full. Arrow's own validation knows no maps, lists of a fixed size and
   * half floats, so these, and what else holds columns, are taken apart here.
   *
   * @throws IllegalArgumentException when the file is damaged there
   */
  static void validate(FieldVector vector) {
    switch (vector) {
      case ListVector list -> {
        int end = 0;
        for (int i = 0; i < list.getValueCount(); i++) {
          int start = list.getElementStartIndex(i);
          if (start < end || list.getElementEndIndex(i) < start) {
            throw new IllegalArgumentException("offsets of " + vector.getName() + " go back");
          }
          end = list.getElementEndIndex(i);
        }
        requireRows(list.getDataVector(), end);
        validate(list.getDataVector());
      }
      case FixedSizeListVector list -> {
        requireValidity(list);
        requireRows(list.getDataVector(), (long) list.getValueCount() * list.getListSize());
        validate(list.getDataVector());
      }
      case StructVector struct -> {
        for (FieldVector member : struct.getChildrenFromFields()) {
          requireRows(member, struct.getValueCount());
          validate(member);
        }
      }
      case Float2Vector half -> {
        requireValidity(half);
        requireBytes(half, half.getDataBuffer(), (long) half.getValueCount() * Short.BYTES);
      }
      default -> ValueVectorUtility.validateFull(vector);
    }
  }

  private static void requireRows(FieldVector vector, long rows) {
    if (vector.getValueCount() < rows) {
      throw new IllegalArgumentException(vector.getName() + " has fewer values than it needs");
    }
  }

  private static void requireValidity(FieldVector vector) {
    requireBytes(vector, vector.getValidityBuffer(), (vector.getValueCount() + 7L) / 8);
  }

  private static void requireBytes(FieldVector vector, ArrowBuf buffer, long bytes) {
    if (buffer.capacity() < bytes) {
      throw new IllegalArgumentException(vector.getName() + " has fewer bytes than it needs");
    }
  }
}
