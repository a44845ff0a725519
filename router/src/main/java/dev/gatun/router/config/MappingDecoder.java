package dev.gatun.router.config;

import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Mapping.Method;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.signal.Predicate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Reads {@code routing.projections.mappings}. */
final class MappingDecoder {
  private static final int EMITS_MIN = 2;

  private final List<String> scores;
  private final Set<String> names = new HashSet<>();
  private final Set<String> outputNames = new HashSet<>();

  private MappingDecoder(List<String> scores) {
    this.scores = scores;
  }

  static List<Mapping> mappings(Section projections) {
    List<String> scores = new ArrayList<>();
    projections.sections("scores").forEach(s -> s.text("name").ifPresent(scores::add));
    MappingDecoder decoder = new MappingDecoder(scores);
    List<Mapping> mappings = new ArrayList<>();
    for (Section section : projections.sections("mappings")) {
      decoder.mapping(section).ifPresent(mappings::add);
    }
    return mappings;
  }

  private Optional<Mapping> mapping(Section section) {
    Optional<String> name = RuleNames.unique(section, names, "mapping");
    Optional<String> source = section.text("source");
    if (source.isEmpty() || !scores.contains(source.get())) {
      section.error(
          "source",
          source.map(s -> "the source \"" + s + "\" is no declared score").orElse("no source"),
          Report.didYouMean(
              source.orElse(""), scores, "declare a score under routing.projections.scores"));
    }
    Method method =
        section
            .word("method")
            .map(word -> Method.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(Method.THRESHOLD_BANDS);
    List<Output> outputs = outputs(section, method);
    if (name.isEmpty() || source.isEmpty() || outputs.isEmpty()) {
      return Optional.empty();
    }
    BandCheck.check(section, method, outputs);
    return Optional.of(new Mapping(name.get(), source.get(), method, slope(section), outputs));
  }

  private static double slope(Section section) {
    OptionalDouble written = section.section("calibration").real("slope");
    if (written.isPresent() && written.getAsDouble() <= 0) {
      section
          .section("calibration")
          .warning(
              "slope",
              "a slope must be above 0; " + (int) Mapping.SLOPE_DEFAULT + " is taken instead",
              "write one above 0, or remove it");
    }
    return written.orElse(0) > 0 ? written.getAsDouble() : Mapping.SLOPE_DEFAULT;
  }

  private List<Output> outputs(Section section, Method method) {
    List<Section> written = section.sections("outputs");
    if (written.isEmpty()) {
      section.error("outputs", "a mapping needs outputs", "list names with lt, lte, gt or gte");
    } else if (method == Method.MULTI_EMIT && written.size() < EMITS_MIN) {
      section.error(
          "outputs", "multi_emit needs at least two outputs", "add one, or use threshold_bands");
    }
    List<Output> outputs = new ArrayList<>();
    for (Section output : written) {
      Predicate bounds = PredicateDecoder.bounds(output);
      if (bounds.isUnbounded()) {
        output.error("name", "the output has no bounds", "write at least one of lt, lte, gt, gte");
      }
      Optional<String> name = output.text("name");
      if (name.isEmpty()) {
        output.error("name", "an output needs a name", "write a name that no other output has");
      } else if (!outputNames.add(name.get())) {
        output.error(
            "name",
            "the output \"" + name.get() + "\" is declared twice",
            "rename one; names of outputs are shared by all mappings");
      } else {
        outputs.add(new Output(name.get(), bounds));
      }
    }
    return outputs;
  }
}
