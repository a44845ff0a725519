package dev.gatun.router.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a part of a configuration file may look like. */
sealed interface Shape {
  /**
   * A mapping with known keys.
   *
   * @param safety whether an unknown key is an error even when others are warnings, because a
   *     misspelt limit would not limit
   */
  record Keys(Map<String, Field> fields, boolean safety) implements Shape {
    /** The same keys, where an unknown one is always an error. */
    Keys strict() {
      return new Keys(fields, true);
    }
  }

  /** A mapping whose keys the user chooses. */
  record Entries(Shape value) implements Shape {}

  /** A list. */
  record Items(Shape item) implements Shape {}

  /** Text as written. */
  record Text() implements Shape {}

  /**
   * One of several words; the empty text means none of them.
   *
   * @param running those that this build acts upon; the others are understood only
   */
  record Word(List<String> words, List<String> running, boolean anyCase) implements Shape {
    Word anyCased() {
      return new Word(words, running, true);
    }

    /** The same words, of which only these are acted upon. */
    Word runningOnly(String... some) {
      return new Word(words, List.of(some), anyCase);
    }
  }

  /** A truth value, also as YAML 1.1 spells it. */
  record Flag() implements Shape {}

  /** An integer within bounds. */
  record Whole(long min, long max) implements Shape {}

  /** A finite number within bounds. */
  record Real(double min, double max) implements Shape {}

  /** A length of time such as {@code 300ms}, {@code 2s} or {@code 1h30m}. */
  record Time() implements Shape {}

  /** Anything at all; somebody else reads it. */
  record Anything() implements Shape {}

  /**
   * A key, its shape, and what becomes of it.
   *
   * @param noticed when v0.3 notices that a value does not fit the shape
   */
  record Field(String key, Shape shape, Status status, Noticed noticed) {
    Field(String key, Shape shape, Status status) {
      this(key, shape, status, Noticed.ON_LOAD);
    }

    /** The same key, whose values v0.3 does not check. */
    Field unchecked() {
      return new Field(key, shape, status, Noticed.NEVER);
    }

    /** The same key, whose values v0.3 checks only when it starts. */
    Field checkedAtStart() {
      return new Field(key, shape, status, Noticed.AT_START);
    }
  }

  /** When v0.3 refuses a value. */
  enum Noticed {
    ON_LOAD,
    AT_START,
    NEVER
  }

  /** What this build does with a key. */
  sealed interface Status {
    /** Acts upon it. */
    record Runs() implements Status {}

    /**
     * Understands it and says that it does not act upon it yet.
     *
     * @param feature what the key asks for, in words
     */
    record Later(String feature) implements Status {}

    /**
     * Needs it no more.
     *
     * @param reason why
     */
    record Inert(String reason) implements Status {}

    /**
     * Knows what it is for, and has nothing yet that reads it. Nothing is lost without it, so it
     * keeps no server from starting.
     *
     * @param readers what will, in words
     */
    record Fact(String readers) implements Status {}

    /**
     * Refuses it.
     *
     * @param replacement what to write instead
     */
    record Gone(String replacement) implements Status {}
  }

  static Keys keys(Field... fields) {
    Map<String, Field> byName = new LinkedHashMap<>();
    for (Field field : fields) {
      if (byName.put(field.key(), field) != null) {
        throw new IllegalStateException("the schema has the key " + field.key() + " twice");
      }
    }
    return new Keys(byName, false);
  }

  static Field runs(String key, Shape shape) {
    return new Field(key, shape, new Status.Runs());
  }

  static Field later(String key, Shape shape, String feature) {
    return new Field(key, shape, new Status.Later(feature));
  }

  static Field inert(String key, Shape shape, String reason) {
    return new Field(key, shape, new Status.Inert(reason));
  }

  static Field fact(String key, Shape shape, String readers) {
    return new Field(key, shape, new Status.Fact(readers));
  }

  static Field gone(String key, String replacement) {
    return new Field(key, new Anything(), new Status.Gone(replacement));
  }

  static Items list(Shape item) {
    return new Items(item);
  }

  static Items texts() {
    return new Items(new Text());
  }

  static Entries entries(Shape value) {
    return new Entries(value);
  }

  static Text text() {
    return new Text();
  }

  static Flag flag() {
    return new Flag();
  }

  static Time time() {
    return new Time();
  }

  static Anything anything() {
    return new Anything();
  }

  static Word word(String... words) {
    return new Word(List.of(words), List.of(words), false);
  }

  static Whole whole() {
    return new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static Whole count() {
    return new Whole(0, Long.MAX_VALUE);
  }

  static Whole whole(long min, long max) {
    return new Whole(min, max);
  }

  static Real real() {
    return new Real(-Double.MAX_VALUE, Double.MAX_VALUE);
  }

  static Real atLeast(double min) {
    return new Real(min, Double.MAX_VALUE);
  }

  /** A number from 0 to 1. */
  static Real share() {
    return new Real(0, 1);
  }

  /** Several keys of one shape that run. */
  static Field[] each(Shape shape, String... names) {
    return Arrays.stream(names).map(name -> runs(name, shape)).toArray(Field[]::new);
  }

  /** Several keys of one shape that run; blanks separate their names. */
  static Field[] all(Shape shape, String names) {
    return each(shape, names.split(" "));
  }

  /** The same, whose values v0.3 does not check. */
  static Field[] unchecked(Shape shape, String names) {
    return Arrays.stream(all(shape, names)).map(Field::unchecked).toArray(Field[]::new);
  }

  /** Keys of different shapes, to stand beside those of one. */
  static Field[] and(Field... fields) {
    return fields;
  }

  /** One mapping of the keys of several groups. */
  static Keys keys(Field[]... groups) {
    return keys(Arrays.stream(groups).flatMap(Arrays::stream).toArray(Field[]::new));
  }
}
