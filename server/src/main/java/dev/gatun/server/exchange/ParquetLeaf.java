package dev.gatun.server.exchange;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * How the values of a leaf are stored, and the Arrow type that means the same.
 *
 * @param physical number in parquet.thrift, Type
 * @param length bytes of a value of fixed length, else 0
 */
record ParquetLeaf(int physical, int length, ArrowType arrow) {
  static final int BOOLEAN = 0;
  static final int INT32 = 1;
  static final int INT64 = 2;
  static final int INT96 = 3;
  static final int FLOAT = 4;
  static final int DOUBLE = 5;
  static final int BYTE_ARRAY = 6;
  static final int FIXED = 7;

  /** Member of LogicalType. */
  static final int HALF_FLOAT = 15;

  private static final int PRECISION_MAX = 38;
  private static final long JULIAN_EPOCH_DAY = 2_440_588;
  private static final long NANOS_PER_DAY = 86_400_000_000_000L;

  /** Of an element of the schema. */
  static ParquetLeaf of(Map<?, ?> element) {
    int physical = (int) ParquetFile.number(element, 1, -1);
    int length = (int) ParquetFile.number(element, 2, 0);
    if (physical < BOOLEAN || physical > FIXED || (physical == FIXED && length < 1)) {
      throw new ExchangeException("the schema has a column of an unknown type");
    }
    return new ParquetLeaf(physical, physical == FIXED ? length : 0, arrow(physical, element));
  }

  private static ArrowType arrow(int physical, Map<?, ?> element) {
    Map<?, ?> logical = element.get(10) instanceof Map<?, ?> union ? union : Map.of();
    int converted = (int) ParquetFile.number(element, 6, -1);
    Optional<ArrowType> decimal = decimal(element, logical, converted);
    return switch (physical) {
      case BOOLEAN -> new ArrowType.Bool();
      case INT32 -> decimal.orElseGet(() -> int32(logical, converted));
      case INT64 -> decimal.orElseGet(() -> int64(logical, converted));
      case INT96 -> new ArrowType.Timestamp(TimeUnit.NANOSECOND, null);
      case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case BYTE_ARRAY -> decimal.orElseGet(() -> bytes(logical, converted));
      default -> decimal.orElseGet(() -> fixed((int) ParquetFile.number(element, 2, 0), logical));
    };
  }

  private static ArrowType fixed(int length, Map<?, ?> logical) {
    boolean half = length == Short.BYTES && logical.containsKey(HALF_FLOAT);
    return half
        ? new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)
        : new ArrowType.FixedSizeBinary(length);
  }

  private static Optional<ArrowType> decimal(Map<?, ?> element, Map<?, ?> logical, int converted) {
    boolean inside = logical.get(5) instanceof Map<?, ?>;
    if (!inside && converted != 5) {
      return Optional.empty();
    }
    Map<?, ?> from = logical.get(5) instanceof Map<?, ?> parts ? parts : Map.of();
    int scale = (int) ParquetFile.number(from, 1, ParquetFile.number(element, 7, 0));
    int precision = (int) ParquetFile.number(from, 2, ParquetFile.number(element, 8, 0));
    return precision < 1 || precision > PRECISION_MAX || scale < 0 || scale > precision
        ? Optional.empty()
        : Optional.of(new ArrowType.Decimal(precision, scale, 128));
  }

  private static ArrowType int32(Map<?, ?> logical, int converted) {
    if (logical.containsKey(6) || converted == 6) {
      return new ArrowType.Date(DateUnit.DAY);
    }
    if (logical.containsKey(7) || converted == 7) {
      return new ArrowType.Time(TimeUnit.MILLISECOND, 32);
    }
    boolean unsigned = isUnsigned(logical) || (converted >= 11 && converted <= 13);
    return new ArrowType.Int(32, !unsigned);
  }

  private static ArrowType int64(Map<?, ?> logical, int converted) {
    if (logical.get(8) instanceof Map<?, ?> timestamp) {
      boolean utc = Boolean.TRUE.equals(timestamp.get(1));
      return new ArrowType.Timestamp(unit(timestamp), utc ? "UTC" : null);
    }
    if (converted == 9 || converted == 10) {
      return new ArrowType.Timestamp(
          converted == 9 ? TimeUnit.MILLISECOND : TimeUnit.MICROSECOND, "UTC");
    }
    if (logical.get(7) instanceof Map<?, ?> time) {
      return new ArrowType.Time(unit(time), 64);
    }
    if (converted == 8) {
      return new ArrowType.Time(TimeUnit.MICROSECOND, 64);
    }
    return new ArrowType.Int(64, !isUnsigned(logical) && converted != 14);
  }

  private static boolean isUnsigned(Map<?, ?> logical) {
    return logical.get(10) instanceof Map<?, ?> integer && Boolean.FALSE.equals(integer.get(2));
  }

  private static TimeUnit unit(Map<?, ?> time) {
    Map<?, ?> unit = time.get(2) instanceof Map<?, ?> union ? union : Map.of();
    if (unit.containsKey(1)) {
      return TimeUnit.MILLISECOND;
    }
    return unit.containsKey(3) ? TimeUnit.NANOSECOND : TimeUnit.MICROSECOND;
  }

  private static ArrowType bytes(Map<?, ?> logical, int converted) {
    boolean text =
        logical.containsKey(1)
            || logical.containsKey(4)
            || logical.containsKey(12)
            || converted == 0
            || converted == 4
            || converted == 19;
    return text ? new ArrowType.Utf8() : new ArrowType.Binary();
  }

  /** A stored value as a cell takes it. */
  Object cell(Object stored) {
    if (arrow instanceof ArrowType.Decimal decimal) {
      BigInteger digits =
          stored instanceof byte[] bytes
              ? new BigInteger(bytes)
              : BigInteger.valueOf(((Number) stored).longValue());
      return new BigDecimal(digits, decimal.getScale());
    }
    if (physical == INT96) {
      ByteBuffer parts = ByteBuffer.wrap((byte[]) stored).order(ByteOrder.LITTLE_ENDIAN);
      long nanos = parts.getLong();
      return (parts.getInt() - JULIAN_EPOCH_DAY) * NANOS_PER_DAY + nanos;
    }
    if (physical == FIXED && arrow instanceof ArrowType.FloatingPoint) {
      return ByteBuffer.wrap((byte[]) stored).order(ByteOrder.LITTLE_ENDIAN).getShort();
    }
    return stored;
  }
}
