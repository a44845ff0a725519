package dev.gatun.router.config;

import java.util.List;
import java.util.Locale;

/** Checks {@code algorithm} of a decision; of the algorithms only static runs. */
final class AlgorithmDecoder {
  private AlgorithmDecoder() {}

  static void check(Section decision, String name) {
    if (!decision.has("algorithm")) {
      return;
    }
    Section section = decision.section("algorithm");
    String written = section.text("type").orElse("");
    String type = written.strip().toLowerCase(Locale.ROOT);
    List<String> blocks = AlgorithmSchema.BLOCKS.keySet().stream().filter(section::has).toList();
    if (blocks.size() > 1) {
      section.error(
          blocks.get(1),
          "the algorithm of decision \""
              + name
              + "\" has several blocks: "
              + String.join(", ", blocks),
          "keep the one that is called like its type");
    }
    for (String block : blocks) {
      if (!block.equals(type)) {
        section.error(
            block,
            "decision \""
                + name
                + "\" has an algorithm of type \""
                + type
                + "\" with a block "
                + block,
            "the block must be called like the type");
      }
    }
    checkType(section, written, type, name);
  }

  private static void checkType(Section section, String written, String type, String name) {
    List<String> known = Forms.algorithms();
    if (type.isEmpty() || DecisionSchema.ALGORITHMS_RUNNING.contains(type)) {
      return;
    }
    if (known.contains(type)) {
      section.unsupported("type", "the algorithm " + type + " of decision \"" + name + "\"");
    } else {
      section.unnoticed(
          "type",
          "\"" + written + "\" is no algorithm (decision \"" + name + "\")",
          Report.didYouMean(type, known, "write one of " + String.join(", ", known)));
    }
  }
}
