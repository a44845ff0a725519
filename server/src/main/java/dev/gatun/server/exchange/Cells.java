package dev.gatun.server.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * Values in and out of Arrow columns. Out come JSON values. In go the Java values that JSON and
 * Parquet have: Boolean, Number (a half float as its bits, a Short), String, byte[], List for a
 * list, Map by name for a struct and by key for a map, null.
 */
final class Cells {
  private Cells() {}

  /**
   * One row as an object. Columns without a value are left out, as are bytes of a fixed length.
   * Other bytes are text, which is how old writers of Parquet keep it, or a binary node where they
   * are none; a column that is not read is a node that holds why.
   *
   * @param unread see {@link Batches#unread}
   */
  static ObjectNode row(List<FieldVector> columns, Map<String, String> unread, int index) {
    ObjectNode row = Json.object();
    for (FieldVector column : columns) {
      if (!column.isNull(index) && !(column instanceof FixedSizeBinaryVector)) {
        JsonNode value = json(column, index);
        row.set(column.getName(), value instanceof BinaryNode bytes ? textOf(bytes) : value);
      }
    }
    unread.forEach(row::putPOJO);
    return row;
  }

  private static JsonNode textOf(BinaryNode bytes) {
    try {
      ByteBuffer utf8 = ByteBuffer.wrap(bytes.binaryValue());
      return Json.object().textNode(StandardCharsets.UTF_8.newDecoder().decode(utf8).toString());
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }

  private static JsonNode json(FieldVector column, int index) {
    if (column.isNull(index)) {
      return Json.object().nullNode();
    }
    return switch (column) {
      case MapVector map -> pairs(map, index);
      case BaseListVector list -> {
        ArrayNode array = Json.array();
        FieldVector elements = list.getChildrenFromFields().getFirst();
        for (int i = list.getElementStartIndex(index); i < list.getElementEndIndex(index); i++) {
          array.add(json(elements, i));
        }
        yield array;
      }
      case StructVector struct -> {
        ObjectNode object = Json.object();
        for (FieldVector member : struct.getChildrenFromFields()) {
          if (!member.isNull(index)) {
            object.set(member.getName(), json(member, index));
          }
        }
        yield object;
      }
      case UInt1Vector unsigned -> json(unsigned.getObjectNoOverflow(index));
      case UInt4Vector unsigned -> json(unsigned.getObjectNoOverflow(index));
      case UInt8Vector unsigned -> json(unsigned.getObjectNoOverflow(index));
      case Float2Vector half -> json(Float.float16ToFloat(half.get(index)));
      default -> json(column.getObject(index));
    };
  }

  private static ObjectNode pairs(MapVector map, int index) {
    ObjectNode object = Json.object();
    StructVector entries = (StructVector) map.getDataVector();
    FieldVector key = entries.getChildrenFromFields().getFirst();
    FieldVector value = entries.getChildrenFromFields().getLast();
    for (int i = map.getElementStartIndex(index); i < map.getElementEndIndex(index); i++) {
      object.set(json(key, i).asText(), json(value, i));
    }
    return object;
  }

  private static JsonNode json(@Nullable Object value) {
    return switch (value) {
      case null -> Json.object().nullNode();
      case Boolean truth -> Json.object().booleanNode(truth);
      case Integer number -> Json.object().numberNode(number);
      case Long number -> Json.object().numberNode(number);
      case Short number -> Json.object().numberNode(number);
      case Byte number -> Json.object().numberNode(number);
      case Float number -> Json.object().numberNode(number);
      case Double number -> Json.object().numberNode(number);
      case BigDecimal number -> Json.object().numberNode(number);
      case BigInteger number -> Json.object().numberNode(number);
      case byte[] bytes -> Json.object().binaryNode(bytes);
      case Character unsigned -> Json.object().numberNode((int) unsigned);
      case List<?> list -> {
        ArrayNode array = Json.array();
        list.forEach(element -> array.add(json(element)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = Json.object();
        map.forEach((name, member) -> object.set(String.valueOf(name), json(member)));
        yield object;
      }
      default -> Json.object().textNode(value.toString());
    };
  }

  /**
   * Sets one cell.
   *
   * @throws IllegalArgumentException when the column cannot hold the value; says the types
   */
  static void set(FieldVector column, int index, @Nullable Object value) {
    if (value == null) {
      column.setNull(index);
      return;
    }
    switch (column) {
      case MapVector map when value instanceof Map<?, ?> members -> setMap(map, index, members);
      case ListVector list when value instanceof List<?> elements -> {
        int start = list.startNewValue(index);
        for (int i = 0; i < elements.size(); i++) {
          set(list.getDataVector(), start + i, elements.get(i));
        }
        list.endValue(index, elements.size());
      }
      case StructVector struct when value instanceof Map<?, ?> members -> {
        struct.setIndexDefined(index);
        for (FieldVector child : struct.getChildrenFromFields()) {
          set(child, index, members.get(child.getName()));
        }
      }
      case BaseFixedWidthVector fixed -> setFixed(fixed, index, value);
      case VarCharVector text when value instanceof String words ->
          text.setSafe(index, words.getBytes(StandardCharsets.UTF_8));
      case VarCharVector text when value instanceof byte[] utf8 -> text.setSafe(index, utf8);
      case VarBinaryVector binary when value instanceof byte[] bytes ->
          binary.setSafe(index, bytes);
      default -> throw unfit(column, value);
    }
  }

  private static void setMap(MapVector map, int index, Map<?, ?> members) {
    int at = map.startNewValue(index);
    StructVector entries = (StructVector) map.getDataVector();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      entries.setIndexDefined(at);
      set(entries.getChildrenFromFields().getFirst(), at, member.getKey());
      set(entries.getChildrenFromFields().getLast(), at, member.getValue());
      at++;
    }
    map.endValue(index, members.size());
  }

  private static void setFixed(BaseFixedWidthVector column, int index, Object value) {
    switch (column) {
      case BitVector bit when value instanceof Boolean truth -> bit.setSafe(index, truth ? 1 : 0);
      case IntVector column32 when value instanceof Number number ->
          column32.setSafe(index, number.intValue());
      case UInt4Vector column32 when value instanceof Number number ->
          column32.setSafe(index, number.intValue());
      case BigIntVector column64 when value instanceof Number number ->
          column64.setSafe(index, number.longValue());
      case UInt8Vector column64 when value instanceof Number number ->
          column64.setSafe(index, number.longValue());
      case Float2Vector half when value instanceof Short bits -> half.setSafe(index, bits);
      case Float4Vector real when value instanceof Number number ->
          real.setSafe(index, number.floatValue());
      case Float8Vector real when value instanceof Number number ->
          real.setSafe(index, number.doubleValue());
      case DateDayVector day when value instanceof Number number ->
          day.setSafe(index, number.intValue());
      case TimeMilliVector time when value instanceof Number number ->
          time.setSafe(index, number.intValue());
      case TimeMicroVector time when value instanceof Number number ->
          time.setSafe(index, number.longValue());
      case TimeNanoVector time when value instanceof Number number ->
          time.setSafe(index, number.longValue());
      case TimeStampVector time when value instanceof Number number ->
          time.setSafe(index, number.longValue());
      case FixedSizeBinaryVector bytes when value instanceof byte[] content ->
          bytes.setSafe(index, content);
      case DecimalVector decimal when value instanceof BigDecimal number ->
          decimal.setSafe(index, number);
      default -> throw unfit(column, value);
    }
  }

  private static IllegalArgumentException unfit(FieldVector column, Object value) {
    return new IllegalArgumentException(
        "column "
            + column.getName()
            + " of type "
            + column.getField().getType()
            + " cannot hold a "
            + value.getClass().getSimpleName());
  }
}
