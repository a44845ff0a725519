package dev.gatun.router.port;

import java.util.function.Function;

/** What came back from a question to the world. A failure is a value: no port throws. */
public sealed interface Answer<T> {
  record Known<T>(T value) implements Answer<T> {}

  /**
   * The question could not be answered.
   *
   * @param reason one line for the operator, without the text that was asked about
   */
  record Failed<T>(String reason) implements Answer<T> {}

  static <T> Answer<T> of(T value) {
    return new Known<>(value);
  }

  static <T> Answer<T> failed(String reason) {
    return new Failed<>(reason);
  }

  /** What the value becomes, or the failure again. */
  default <R> Answer<R> map(Function<T, R> change) {
    return fold(value -> of(change.apply(value)), Answer::failed);
  }

  /** Reads the answer one way or the other. */
  default <R> R fold(Function<T, R> known, Function<String, R> failed) {
    return switch (this) {
      case Known<T>(T value) -> known.apply(value);
      case Failed<T>(String reason) -> failed.apply(reason);
    };
  }
}
