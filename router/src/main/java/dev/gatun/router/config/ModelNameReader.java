package dev.gatun.router.config;

import dev.gatun.router.config.ModelNames.Named;
import dev.gatun.router.text.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks up names of models where a file has them, and reports what is wrong with them. */
final class ModelNameReader {
  /** Most names that are suggested. */
  private static final int NEAR_MAX = 3;

  private final ModelNames names;
  private final List<NamedModel> read = new ArrayList<>();

  ModelNameReader(ModelNames names) {
    this.names = names;
  }

  /** A key of a section that names a model. */
  record Place(Section section, String key) {
    String path() {
      return section.path() + "." + key;
    }

    /** Whether it is in the part {@code name} of the catalog. */
    boolean isIn(String name) {
      return section.path().endsWith("." + name);
    }

    String name() {
      return section.text(key).orElseThrow();
    }
  }

  /** What was read so far. */
  List<NamedModel> read() {
    return List.copyOf(read);
  }

  /**
   * Checks a model that nobody asks.
   *
   * @param task that it is there for
   */
  void name(Place place, String task) {
    Named found = find(place, Optional.of(task), Optional.empty());
    read.add(new NamedModel(place.path(), place.name(), found.here(), false));
  }

  /**
   * The folder of a model that is asked; one that is not on this machine is reported.
   *
   * @param task that it is there for; empty for any
   * @param architecture that the key is for, in the word of the encoder; empty for any
   */
  Optional<String> asked(Place place, Optional<String> task, Optional<String> architecture) {
    Named found = find(place, task, architecture);
    Optional<String> folder = found.here();
    if (folder.isEmpty()) {
      absent(place, found);
    }
    read.add(new NamedModel(place.path(), place.name(), folder, folder.isPresent()));
    return folder;
  }

  private static void absent(Place place, Named found) {
    String get =
        found instanceof Named.Model
            ? "gatun model import " + place.name() + " gets it"
            : "put its folder there, or name another one";
    place
        .section()
        .notRun(
            place.key(),
            "\"" + place.name() + "\" is not on this machine",
            get + "; --allow-unsupported starts with the embedded model in its place");
  }

  private Named find(Place place, Optional<String> task, Optional<String> architecture) {
    Named found = names.find(place.name());
    switch (found) {
      case Named.Model(Optional<String> does, Optional<String> is, Optional<String> _) -> {
        differs(place, does, task, "is a model for ");
        differs(place, is, architecture, "is of the family ");
      }
      case Named.Nothing() when place.name().indexOf('/') < 0 ->
          place
              .section()
              .unnoticed(
                  place.key(),
                  "\"" + place.name() + "\" is neither a known model nor a folder",
                  near(place.name()));
      case Named.Nothing(), Named.Folder _, Named.Unknown() -> {}
    }
    return found;
  }

  /** Names a few edits away, or else those that go on as the written one begins. */
  private String near(String name) {
    List<String> near = Nearest.names(name, names.names(), NEAR_MAX);
    if (near.isEmpty()) {
      near = names.names().stream().filter(n -> n.startsWith(name)).limit(NEAR_MAX).toList();
    }
    return near.isEmpty()
        ? "gatun model list names those that are known; a path has a slash"
        : "did you mean \"" + String.join("\" or \"", near) + "\"?";
  }

  private static void differs(
      Place place, Optional<String> known, Optional<String> wanted, String what) {
    if (known.isPresent() && wanted.isPresent() && !known.equals(wanted)) {
      place
          .section()
          .unnoticed(
              place.key(),
              "\"" + place.name() + "\" " + what + known.get() + ", not " + wanted.get(),
              "name another model here");
    }
  }
}
