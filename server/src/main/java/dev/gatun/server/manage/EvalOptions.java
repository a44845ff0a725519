package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a dry run is told besides the request, as {@code options} of its body.
 *
 * @param trace whether to add how every decision was judged
 * @param everything whether every configured rule and projection is evaluated, needed or not
 * @param unused options of classification that a dry run has no use for
 */
record EvalOptions(boolean trace, boolean everything, List<String> unused) {
  static final String KEY = "options";

  private static final String TRACE = "trace";
  private static final String EVERYTHING = "evaluate_all_signals";

  /** What else v0.3's clients send: a dry run tells every probability, with every reason. */
  private static final Set<String> UNUSED =
      Set.of("return_probabilities", "confidence_threshold", "include_explanation");

  EvalOptions {
    unused = List.copyOf(unused);
  }

  /**
   * Reads the options of a body.
   *
   * @throws ManageException 400 when one is not known, or is no flag
   */
  static EvalOptions of(JsonNode body) {
    JsonNode written = body.path(KEY);
    if (!written.isObject() && !written.isMissingNode() && !written.isNull()) {
      throw ManageException.invalid("options must be an object");
    }
    List<String> unused = new ArrayList<>();
    for (var option : written.properties()) {
      String name = option.getKey();
      if (UNUSED.contains(name)) {
        unused.add(name);
      } else if (!name.equals(TRACE) && !name.equals(EVERYTHING)) {
        throw ManageException.invalid(
            "options." + name + " is not known; there are " + TRACE + " and " + EVERYTHING);
      }
    }
    return new EvalOptions(flag(written, TRACE), flag(written, EVERYTHING), unused);
  }

  private static boolean flag(JsonNode written, String name) {
    JsonNode value = written.path(name);
    if (!value.isBoolean() && !value.isMissingNode() && !value.isNull()) {
      throw ManageException.invalid("options." + name + " must be true or false");
    }
    return value.asBoolean();
  }
}
