package dev.gatun.server.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gatun.server.wire.ChatRequest.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the members of a JSON object lie in a body, so that one of them can be written anew while
 * all others stay as they are. Used by one thread.
 */
final class MemberSpans {
  /**
   * One member.
   *
   * @param start of its name
   * @param previousEnd end of the value before it; −1 for the first
   */
  private record Place(int start, Span value, int previousEnd) {}

  private final Map<String, Place> places = new LinkedHashMap<>();
  private int lastEnd = -1;

  /** Offset of the brace that ends the object. */
  private int end;

  /** Takes the next member; they must come in their order. */
  void add(String name, int start, Span value) {
    places.put(name, new Place(start, value, lastEnd));
    lastEnd = value.end();
  }

  /**
   * Ends the object.
   *
   * @param offset of its closing brace
   */
  void end(int offset) {
    end = offset;
  }

  int end() {
    return end;
  }

  /** Where a value stands. */
  Optional<Span> value(String name) {
    return Optional.ofNullable(places.get(name)).map(Place::value);
  }

  /** Writes a value in place of another, or as the last one. */
  Edit set(String name, String json) {
    @Nullable Place place = places.get(name);
    if (place != null) {
      return Edit.replace(place.value, json);
    }
    String separator = places.isEmpty() ? "" : ",";
    return Edit.insert(end, separator + Json.quoted(name) + ':' + json);
  }

  /** Takes a member out, with one comma; empty when there is none of that name. */
  Optional<Edit> remove(String name) {
    @Nullable Place place = places.get(name);
    if (place == null) {
      return Optional.empty();
    }
    if (place.previousEnd >= 0) {
      return Optional.of(Edit.replace(new Span(place.previousEnd, place.value.end()), ""));
    }
    int next =
        places.values().stream().skip(1).findFirst().map(Place::start).orElse(place.value.end());
    return Optional.of(Edit.replace(new Span(place.start, next), ""));
  }

  /** The members of an object inside a body that has been read before. */
  static MemberSpans of(byte[] body, Span object) {
    MemberSpans members = new MemberSpans();
    int length = object.end() - object.start();
    try (JsonParser parser = Json.MAPPER.createParser(body, object.start(), length)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int written = start(parser, object);
        parser.nextToken();
        int start = start(parser, object);
        parser.skipChildren();
        parser.finishToken();
        members.add(name, written, new Span(start, end(parser, object)));
      }
      members.end(start(parser, object));
    } catch (IOException e) {
      throw new UncheckedIOException("an object that was read before cannot be read", e);
    }
    return members;
  }

  private static int start(JsonParser parser, Span object) {
    return object.start() + (int) parser.currentTokenLocation().getByteOffset();
  }

  private static int end(JsonParser parser, Span object) {
    return object.start() + (int) parser.currentLocation().getByteOffset();
  }
}
