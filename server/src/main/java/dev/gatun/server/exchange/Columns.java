package dev.gatun.server.exchange;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/** The column types of answers, and what is to be said of names. */
final class Columns {
  private Columns() {}

  static Field text(String name) {
    return field(name, new ArrowType.Utf8());
  }

  static Field integer(String name, int bits) {
    return field(name, new ArrowType.Int(bits, true));
  }

  static Field real(String name) {
    return field(name, new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
  }

  static Field truth(String name) {
    return field(name, new ArrowType.Bool());
  }

  static Field list(String name, Field element) {
    return new Field(name, FieldType.nullable(new ArrowType.List()), List.of(element));
  }

  static Field struct(String name, List<Field> members) {
    return new Field(name, FieldType.nullable(new ArrowType.Struct()), members);
  }

  /** From text to numbers. */
  static Field scores(String name) {
    Field key = new Field(MapVector.KEY_NAME, FieldType.notNullable(new ArrowType.Utf8()), null);
    Field entries =
        new Field(
            MapVector.DATA_VECTOR_NAME,
            FieldType.notNullable(new ArrowType.Struct()),
            List.of(key, real(MapVector.VALUE_NAME)));
    return new Field(name, FieldType.nullable(new ArrowType.Map(false)), List.of(entries));
  }

  /** Names that stand more than once: which of the columns is meant, nothing says. */
  static Map<String, String> twice(List<String> names) {
    Map<String, String> twice = new LinkedHashMap<>();
    for (String name : names) {
      if (names.indexOf(name) != names.lastIndexOf(name)) {
        twice.put(name, "is there more than once; give each column a name of its own");
      }
    }
    return twice;
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.nullable(type), null);
  }
}
