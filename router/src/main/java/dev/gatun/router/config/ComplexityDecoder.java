package dev.gatun.router.config;

import dev.gatun.router.config.Attachments.Picture;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Image;
import dev.gatun.router.signal.Complexity;
import dev.gatun.router.signal.Complexity.Examples;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code routing.signals.complexity}. */
final class ComplexityDecoder {
  /** Key of the images among the examples of a side. */
  static final String IMAGES = "image_candidates";

  private final Compatibility compatibility;

  private final Attachments attachments;

  ComplexityDecoder(Compatibility compatibility, Attachments attachments) {
    this.compatibility = compatibility;
    this.attachments = attachments;
  }

  List<Complexity> rules(Section signals) {
    List<Complexity> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : signals.sections("complexity")) {
      Optional<String> name =
          RuleNames.unchecked(section, names, "complexity rule").filter(n -> isPlain(section, n));
      if (!section.has("threshold") && compatibility == Compatibility.GATUN) {
        section.warning(
            "threshold",
            "without a threshold every text is either hard or easy",
            "write for example 0.1");
      }
      Examples hard = examples(section.section("hard"));
      Examples easy = examples(section.section("easy"));
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

  private Examples examples(Section side) {
    List<Image> images = new ArrayList<>();
    for (Node.Scalar scalar : side.scalars(IMAGES)) {
      image(side, scalar).ifPresent(images::add);
    }
    return new Examples(
        side.texts("candidates").stream().filter(c -> !c.isBlank()).toList(), images);
  }

  /** One that cannot be had is an error at its place. */
  private Optional<Image> image(Section side, Node.Scalar scalar) {
    String text = scalar.text();
    if (text.startsWith("/") || text.startsWith("./")) {
      return file(side, scalar);
    }
    Optional<Image> image = Image.ofDataUri(text).or(() -> Image.ofBase64(text));
    if (image.isEmpty()) {
      problem(
          side,
          scalar,
          "this is no image: neither a path, nor a data URI, nor base64, of png, jpeg, gif or webp",
          "begin a path with / or ./");
    }
    return image;
  }

  private Optional<Image> file(Section side, Node.Scalar scalar) {
    return switch (attachments.picture(scalar.text())) {
      case Picture.Found(Image image) -> Optional.of(image);
      case Picture.Broken(String reason) -> {
        problem(side, scalar, scalar.text() + " " + reason, "name a png, jpeg, gif or webp file");
        yield Optional.empty();
      }
      case Picture.Missing(List<String> places) -> {
        problem(side, scalar, "there is no such file", "put it at " + Report.quoted(places));
        yield Optional.empty();
      }
      case Picture.Unknown() -> Optional.empty();
    };
  }

  private static void problem(Section side, Node.Scalar scalar, String message, String hint) {
    side.report().unnoticed(scalar.position(), side.path() + "." + IMAGES, message, hint);
  }
}
