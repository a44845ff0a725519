package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a well-formed file must not say where it serves real users: versions that move, switches of
 * development, and what fails open (spec config §12.7, operations §10.31). What can be seen at one
 * key alone is found here; {@link ExposureCheck} looks at what keys mean together.
 */
final class ProductionCheck {
  /** Keys whose values name a model, a program or an image in some version. */
  private static final Set<String> VERSIONED =
      Set.of(
          "provider_model_id",
          "llm_model_name",
          "model_id",
          "model_ref",
          "model_path",
          "embedding_model",
          "adapter",
          "image",
          "revision",
          "command",
          "args");

  /** Mappings all of whose values do. */
  private static final Set<String> VERSIONED_MAPPINGS = Set.of("external_model_ids", "system");

  private static final Set<String> UNCHECKED_TLS =
      Set.of("tls_insecure_skip_verify", "tls_skip_verify");

  private static final Set<String> DROPPING =
      Set.of("drop_index_on_startup", "drop_collection_on_startup");

  private static final String LATEST = "latest";

  private final Report report;

  private ProductionCheck(Report report) {
    this.report = report;
  }

  /**
   * Reports what is found.
   *
   * @param written the document as it is in the file
   * @param root the same with its references replaced
   */
  static void of(Node written, Node root, Section section, Report report) {
    WrittenSecrets.of(written, report);
    new ProductionCheck(report).node(root, new Place("", "", ""));
    ExposureCheck.of(section);
  }

  /**
   * Where a value stands.
   *
   * @param path with the indices of lists
   * @param parent key of the mapping that the key stands in
   */
  private record Place(String path, String parent, String key) {
    Place at(String inner) {
      return new Place(path.isEmpty() ? inner : path + "." + inner, key, inner);
    }

    Place at(int index) {
      return new Place(path + "[" + index + "]", parent, key);
    }
  }

  private void node(Node node, Place place) {
    switch (node) {
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          node(entry.value(), place.at(entry.key()));
        }
        if (isServedByItsName(mapping, place)
            && mapping.value("name").orElse(mapping) instanceof Scalar name) {
          version(name, place.at("name"));
        }
      }
      case Sequence(Position _, List<Node> items) -> {
        for (int i = 0; i < items.size(); i++) {
          node(items.get(i), place.at(i));
        }
      }
      case Scalar scalar -> scalar(scalar, place);
    }
  }

  /** A provider's model that is asked for by its name in this file. */
  private static boolean isServedByItsName(Mapping mapping, Place place) {
    return place.path.startsWith("providers.models[")
        && place.key.equals("models")
        && mapping.value("provider_model_id").isEmpty()
        && mapping.value("external_model_ids").isEmpty();
  }

  private void scalar(Scalar scalar, Place place) {
    if (namesVersion(place)) {
      version(scalar, place);
    }
    boolean isOn = Scalars.flag(scalar).orElse(false);
    if (isOn && UNCHECKED_TLS.contains(place.key)) {
      report.error(
          scalar.position(),
          place.path,
          "certificates are not checked, so anybody in between can read and change everything",
          "remove it, and name the authority that signs the server's certificate");
    }
    if (isOn && DROPPING.contains(place.key)) {
      report.error(
          scalar.position(),
          place.path,
          "what is stored is thrown away at every start",
          "remove it: it is for development");
    }
    open(scalar, isOn, place);
  }

  private static boolean namesVersion(Place place) {
    return VERSIONED.contains(place.key)
        || VERSIONED_MAPPINGS.contains(place.parent)
        || place.key.endsWith("_model_path")
        || (place.key.equals("model") && place.parent.equals("remote"));
  }

  private void version(Scalar scalar, Place place) {
    String name = scalar.text().strip().toLowerCase(Locale.ROOT);
    boolean moves =
        name.equals(LATEST)
            || List.of(":", "@", "-", "/").stream().anyMatch(c -> name.endsWith(c + LATEST));
    if (moves) {
      report.error(
          scalar.position(),
          place.path,
          "\"" + scalar.shown() + "\" is whatever is newest, so what runs can change by itself",
          "write the version or the digest that was tested");
    }
  }

  /** Whatever lets requests through that it should have looked at. */
  private void open(Scalar scalar, boolean isOn, Place place) {
    if (isOn && place.key.equals("fail_open")) {
      warn(scalar, place, "requests pass unchecked when the check fails", "write false");
    }
    if (place.key.equals("on_failure") && scalar.text().equalsIgnoreCase("open")) {
      warn(
          scalar,
          place,
          "when a model fails or is late, its rules find nothing, those of safety too",
          "write default, or closed to refuse such requests");
    }
    if (place.key.equals("on_error") && scalar.text().equals("no_match")) {
      warn(
          scalar,
          place,
          "when its model fails, the rule lets everything pass",
          "write match or fail, or remove it");
    }
    if (isOn && place.key.equals("degraded_start")) {
      warn(
          scalar,
          place,
          "a router whose models are missing starts all the same, and their rules find nothing",
          "write false, so that a broken installation is noticed");
    }
    if (isOn && place.path.equals("global.router.skip_processing.enabled")) {
      warn(
          scalar,
          place,
          "whoever sends a request can switch off every rule for it",
          "write false, unless all callers are trusted");
    }
  }

  private void warn(Scalar scalar, Place place, String message, String hint) {
    report.warning(scalar.position(), place.path, message, hint);
  }
}
