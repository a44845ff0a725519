package dev.gatun.server.exchange;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * How values of an Arrow type are stored in Parquet.
 *
 * @param physical number in parquet.thrift, Type
 * @param length bytes of a value of fixed length, else 0
 * @param logical writes the member of LogicalType; empty for a physical type by itself
 */
record ParquetStored(int physical, int length, Optional<Consumer<ThriftOutput>> logical) {
  private static final int DECIMAL_BYTES = 16;

  /**
   * The form for a column.
   *
   * @throws ExchangeException when there is none
   */
  static ParquetStored of(FieldVector vector) {
    ArrowType type = vector.getField().getType();
    return switch (type) {
      case ArrowType.Bool _ -> plain(ParquetLeaf.BOOLEAN);
      case ArrowType.Int integer -> integer(integer);
      case ArrowType.FloatingPoint _ when vector instanceof Float2Vector -> half();
      case ArrowType.FloatingPoint _ when vector instanceof Float4Vector ->
          plain(ParquetLeaf.FLOAT);
      case ArrowType.FloatingPoint _ when vector instanceof Float8Vector ->
          plain(ParquetLeaf.DOUBLE);
      case ArrowType.Utf8 _ -> noted(ParquetLeaf.BYTE_ARRAY, union -> union.struct(1, _ -> {}));
      case ArrowType.LargeUtf8 _ ->
          noted(ParquetLeaf.BYTE_ARRAY, union -> union.struct(1, _ -> {}));
      case ArrowType.Utf8View _ -> noted(ParquetLeaf.BYTE_ARRAY, union -> union.struct(1, _ -> {}));
      case ArrowType.Binary _ -> plain(ParquetLeaf.BYTE_ARRAY);
      case ArrowType.LargeBinary _ -> plain(ParquetLeaf.BYTE_ARRAY);
      case ArrowType.FixedSizeBinary fixed ->
          new ParquetStored(ParquetLeaf.FIXED, fixed.getByteWidth(), Optional.empty());
      case ArrowType.Date _ when vector instanceof DateDayVector ->
          noted(ParquetLeaf.INT32, union -> union.struct(6, _ -> {}));
      case ArrowType.Time time when time.getUnit() != TimeUnit.SECOND -> time(time.getUnit());
      case ArrowType.Timestamp time -> timestamp(time);
      case ArrowType.Decimal decimal when vector instanceof DecimalVector -> decimal(decimal);
      default ->
          throw new ExchangeException(
              "column "
                  + vector.getName()
                  + " of type "
                  + type
                  + " is not written to Parquet; leave it out, or write Arrow");
    };
  }

  private static ParquetStored plain(int physical) {
    return new ParquetStored(physical, 0, Optional.empty());
  }

  private static ParquetStored noted(int physical, Consumer<ThriftOutput> logical) {
    return new ParquetStored(physical, 0, Optional.of(logical));
  }

  private static ParquetStored half() {
    Consumer<ThriftOutput> logical = union -> union.struct(ParquetLeaf.HALF_FLOAT, _ -> {});
    return new ParquetStored(ParquetLeaf.FIXED, Short.BYTES, Optional.of(logical));
  }

  private static ParquetStored integer(ArrowType.Int type) {
    int physical = type.getBitWidth() == 64 ? ParquetLeaf.INT64 : ParquetLeaf.INT32;
    return noted(
        physical,
        union ->
            union.struct(
                10,
                integer -> {
                  integer.int8(1, type.getBitWidth());
                  integer.truth(2, type.getIsSigned());
                }));
  }

  private static ParquetStored time(TimeUnit unit) {
    int physical = unit == TimeUnit.MILLISECOND ? ParquetLeaf.INT32 : ParquetLeaf.INT64;
    return noted(physical, union -> union.struct(7, time -> unit(time, false, unit)));
  }

  private static ParquetStored timestamp(ArrowType.Timestamp type) {
    // There is no unit of a second; a zone is kept as the fact that there is one.
    TimeUnit unit = type.getUnit() == TimeUnit.SECOND ? TimeUnit.MILLISECOND : type.getUnit();
    boolean utc = type.getTimezone() != null;
    return noted(ParquetLeaf.INT64, union -> union.struct(8, time -> unit(time, utc, unit)));
  }

  private static void unit(ThriftOutput time, boolean utc, TimeUnit unit) {
    int member =
        switch (unit) {
          case SECOND, MILLISECOND -> 1;
          case MICROSECOND -> 2;
          case NANOSECOND -> 3;
        };
    time.truth(1, utc);
    time.struct(2, union -> union.struct(member, _ -> {}));
  }

  private static ParquetStored decimal(ArrowType.Decimal type) {
    Consumer<ThriftOutput> logical =
        union ->
            union.struct(
                5,
                decimal -> {
                  decimal.int32(1, type.getScale());
                  decimal.int32(2, type.getPrecision());
                });
    return new ParquetStored(ParquetLeaf.FIXED, DECIMAL_BYTES, Optional.of(logical));
  }

  /** Writes the element of the schema. */
  void schema(ThriftOutput element, String name, boolean required) {
    element.int32(1, physical);
    if (length > 0) {
      element.int32(2, length);
    }
    element.int32(3, required ? 0 : ParquetShredder.OPTIONAL);
    element.text(4, name);
    logical.ifPresent(union -> element.struct(10, union));
  }

  /** Writes a value that is there. */
  void write(FieldVector vector, int index, ParquetPages pages) {
    switch (vector) {
      case BitVector bit -> pages.truth(bit.get(index) == 1);
      case BaseIntVector integer -> whole(integer.getValueAsLong(index), pages);
      case Float2Vector half -> {
        short bits = half.get(index);
        pages.fixed(new byte[] {(byte) bits, (byte) (bits >>> 8)});
      }
      case Float4Vector real -> pages.int32(Float.floatToRawIntBits(real.get(index)));
      case Float8Vector real -> pages.int64(Double.doubleToRawLongBits(real.get(index)));
      case DateDayVector day -> pages.int32(day.get(index));
      case TimeMilliVector time -> pages.int32(time.get(index));
      case TimeMicroVector time -> pages.int64(time.get(index));
      case TimeNanoVector time -> pages.int64(time.get(index));
      case TimeStampVector time -> {
        boolean seconds =
            ((ArrowType.Timestamp) vector.getField().getType()).getUnit() == TimeUnit.SECOND;
        pages.int64(seconds ? Math.multiplyExact(time.get(index), 1000L) : time.get(index));
      }
      case DecimalVector decimal -> pages.fixed(digits(decimal.getObject(index)));
      default -> bytes(vector.getObject(index), pages);
    }
  }

  private void whole(long value, ParquetPages pages) {
    if (physical == ParquetLeaf.INT32) {
      pages.int32((int) value);
    } else {
      pages.int64(value);
    }
  }

  private void bytes(Object value, ParquetPages pages) {
    byte[] bytes =
        value instanceof byte[] binary ? binary : value.toString().getBytes(StandardCharsets.UTF_8);
    if (physical == ParquetLeaf.FIXED) {
      pages.fixed(bytes);
    } else {
      pages.bytes(bytes);
    }
  }

  private static byte[] digits(BigDecimal value) {
    byte[] digits = value.unscaledValue().toByteArray();
    byte[] fixed = new byte[DECIMAL_BYTES];
    Arrays.fill(fixed, (byte) (digits[0] < 0 ? -1 : 0));
    System.arraycopy(digits, 0, fixed, DECIMAL_BYTES - digits.length, digits.length);
    return fixed;
  }
}
