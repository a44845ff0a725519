package dev.gatun.router.grounding;

import java.util.List;

/** Whether a context supports an answer. */
public sealed interface Grounding {
  /**
   * No part is known to be unsupported.
   *
   * @param score from 0 to 1, greater where more is wrong; below the threshold here
   */
  record Supported(double score) implements Grounding {}

  /**
   * Some parts are not supported.
   *
   * @param score the same, from the threshold on
   * @param spans the parts in their order, at least one
   */
  record Unsupported(double score, List<Span> spans) implements Grounding {
    public Unsupported {
      spans = List.copyOf(spans);
      if (spans.isEmpty()) {
        throw new IllegalArgumentException("something unsupported has a place");
      }
    }
  }

  /**
   * Nothing is known.
   *
   * @param reason one line for the user, without the texts
   */
  record NotChecked(String reason) implements Grounding {}

  /**
   * A part of an answer.
   *
   * @param start in UTF-16 units
   * @param end exclusive
   * @param score greatest chance of its words to be unsupported
   */
  record Span(int start, int end, double score) {}
}
