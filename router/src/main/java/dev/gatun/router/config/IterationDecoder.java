package dev.gatun.router.config;

import java.util.List;

/** Checks {@code candidateIterations} of a decision, which describe where candidates came from. */
final class IterationDecoder {
  private static final List<String> SOURCES = List.of("decision.candidates", "models");

  private IterationDecoder() {}

  static void check(Section decision, String name) {
    String of = " (decision \"" + name + "\")";
    for (Section section : decision.sections("candidateIterations")) {
      String variable = section.text("variable").orElse("");
      if (variable.isBlank()) {
        section.error("variable", "an iteration needs a variable" + of, "write variable: m");
      }
      source(decision, section, of);
      for (Section output : section.sections("outputs")) {
        output(output, variable, of);
      }
    }
  }

  private static void source(Section decision, Section section, String of) {
    switch (section.text("source").orElse("")) {
      case "decision.candidates" -> {
        if (decision.sections("modelRefs").isEmpty()) {
          section.error("source", "the decision has no modelRefs" + of, "write some");
        }
      }
      case "models" -> {
        List<Section> models = section.sections("models");
        if (models.isEmpty()) {
          section.error("models", "source: models needs a list of models" + of, "write models");
        }
        models.stream()
            .filter(model -> model.text("model").isEmpty())
            .forEach(model -> model.error("model", "a model needs its name" + of, "write it"));
      }
      default -> {
        String source = section.text("source").orElse("");
        section.error(
            "source",
            "\"" + source + "\" is no source of candidates" + of,
            Report.didYouMean(source, SOURCES, "write decision.candidates or models"));
      }
    }
  }

  private static void output(Section output, String variable, String of) {
    String type = output.text("type").orElse("");
    if (!type.equals("model")) {
      output.error("type", "outputs cannot be of type \"" + type + "\"" + of, "write type: model");
    }
    String value = output.text("value").orElse("");
    if (!value.equals(variable)) {
      output.error(
          "value",
          "outputs name \"" + value + "\", which is not the variable" + of,
          "write the name of the variable");
    }
  }
}
