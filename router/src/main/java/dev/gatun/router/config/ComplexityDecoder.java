package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Complexity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.complexity}. */
final class ComplexityDecoder {
  private static final int BASE64_MIN = 16;

  private final Compatibility compatibility;

  ComplexityDecoder(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  List<Complexity> rules(Section signals) {
    List<Complexity> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("complexity")) {
      Optional<String> name =
          RuleNames.next(section, names, "complexity").filter(n -> isPlain(section, n));
      if (!section.has("threshold") && compatibility == Compatibility.GATUN) {
        section.warning(
            "threshold",
            "without a threshold every text is either hard or easy",
            "write for example 0.1");
      }
      List<String> hard = candidates(section.section("hard"));
      List<String> easy = candidates(section.section("easy"));
      if (name.isPresent()) {
        rules.add(
            new Complexity(
                name.get(),
                new Thresholds(compatibility).of(section.real("threshold").orElse(0)),
                hard,
                easy));
      }
    }
    return rules;
  }

  private boolean isPlain(Section section, String name) {
    if (name.indexOf(':') < 0) {
      return true;
    }
    String message = "the complexity rule \"" + name + "\" has a colon in its name";
    String hint = "rename it: conditions write its outcome behind a colon";
    switch (compatibility) {
      case GATUN -> section.error("name", message, hint);
      case UPSTREAM_0_3 -> section.warning("name", message + " and is left out", hint);
    }
    return false;
  }

  /** Whether a text is a path, a data URI, or base64 by itself. */
  private static boolean isImage(String text) {
    boolean base64 =
        text.length() >= BASE64_MIN
            && text.chars()
                .allMatch(c -> Character.isLetterOrDigit(c) || c == '+' || c == '/' || c == '=');
    return text.startsWith("/")
        || text.startsWith("./")
        || text.startsWith("data:image/")
        || base64;
  }

  /** Images do not run yet; one that is none is an error all the same, as its rule is. */
  private List<String> candidates(Section side) {
    for (Node.Scalar scalar : side.scalars("image_candidates")) {
      if (!isImage(scalar.text())) {
        side.report()
            .unnoticed(
                scalar.position(),
                side.path() + ".image_candidates",
                "this is no image: neither a path, nor a data URI, nor base64",
                "begin a path with / or ./");
      }
    }
    return side.texts("candidates").stream().filter(c -> !c.isBlank()).toList();
  }
}
