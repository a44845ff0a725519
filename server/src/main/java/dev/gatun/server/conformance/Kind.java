package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One kind of case: a pure function from an input to an output. */
@FunctionalInterface
interface Kind {
  /**
   * The output for an input.
   *
   * @throws Refused when the function answers with an error
   */
  ObjectNode answer(Input input);
}
