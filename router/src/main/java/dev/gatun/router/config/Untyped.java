package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a document as its text looks, without a schema that would say what it is. */
public final class Untyped {
  private Untyped() {}

  /**
   * Maps, lists, texts, numbers, truth values (as YAML 1.1 spells them) and null. Of a repeated key
   * the last value counts.
   */
  public static @Nullable Object value(Node node) {
    return switch (node) {
      case Mapping mapping -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (Entry entry : mapping.entries()) {
          map.put(entry.key(), value(entry.value()));
        }
        yield map;
      }
      case Sequence sequence -> {
        List<@Nullable Object> list = new ArrayList<>();
        sequence.items().forEach(item -> list.add(value(item)));
        yield list;
      }
      case Scalar scalar -> value(scalar);
    };
  }

  private static @Nullable Object value(Scalar scalar) {
    if (scalar.secret()) {
      return scalar.shown();
    }
    if (scalar.quoted()) {
      return scalar.text();
    }
    if (scalar.isNull()) {
      return null;
    }
    boolean isLetter = scalar.text().length() == 1;
    if (!isLetter && Scalars.flag(scalar).isPresent()) {
      return Scalars.flag(scalar).get();
    }
    if (Scalars.whole(scalar).isPresent()) {
      return Scalars.whole(scalar).getAsLong();
    }
    return Scalars.real(scalar).isPresent()
        ? (Object) Scalars.real(scalar).getAsDouble()
        : scalar.text();
  }
}
