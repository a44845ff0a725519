package dev.gatun.router.port;

import java.util.function.BinaryOperator;
import java.util.function.Function;

/** What came back from a question to the world. A failure is a value: no port throws. */
public sealed interface Answer<T> {
  record Known<T>(T value) implements Answer<T> {}

  /** What room whoever is asked has for a question. */
  enum Room {
    /** Enough: where there is no answer, that has another reason. */
    ENOUGH,
    /** None while so much else is under way; later there may be. */
    NONE_NOW,
    /** None ever: the question is larger than all the room there is. */
    NONE_EVER;

    /** That of two questions together. */
    public Room and(Room other) {
      return compareTo(other) < 0 ? other : this;
    }
  }

  /**
   * The question could not be answered.
   *
   * @param reason one line for the operator, without the text that was asked about
   * @param room whether that is because there is none
   */
  record Failed<T>(String reason, Room room) implements Answer<T> {
    /** The same failure of another question, to which this one belonged. */
    public <R> Answer<R> again() {
      return new Failed<>(reason, room);
    }
  }

  static <T> Answer<T> of(T value) {
    return new Known<>(value);
  }

  static <T> Answer<T> failed(String reason) {
    return new Failed<>(reason, Room.ENOUGH);
  }

  /** A failure of whoever can take no more now; later it may. */
  static <T> Answer<T> overloaded(String reason) {
    return new Failed<>(reason, Room.NONE_NOW);
  }

  /** A failure of whoever can never take so much. */
  static <T> Answer<T> tooLarge(String reason) {
    return new Failed<>(reason, Room.NONE_EVER);
  }

  /** What the value becomes, or the failure again. */
  default <R> Answer<R> map(Function<T, R> change) {
    return switch (this) {
      case Known<T>(T value) -> of(change.apply(value));
      case Failed<T> failure -> failure.again();
    };
  }

  /** Reads the answer one way or the other. */
  default <R> R fold(Function<T, R> known, Function<String, R> failed) {
    return switch (this) {
      case Known<T>(T value) -> known.apply(value);
      case Failed<T>(String reason, _) -> failed.apply(reason);
    };
  }

  /** Both answers as one; where one failed, why it did, and where both did, why each. */
  default Answer<T> and(Answer<T> other, BinaryOperator<T> together) {
    return switch (this) {
      case Known<T>(T value) -> other.map(more -> together.apply(value, more));
      case Failed<T>(String reason, Room room) ->
          switch (other) {
            case Known<T> _ -> this;
            case Failed<T>(String second, Room left) ->
                new Failed<>(reason + "; " + second, room.and(left));
          };
    };
  }
}
