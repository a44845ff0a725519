package dev.gatun.router.config;

import java.util.List;
import java.util.Optional;

/** Encoder models that a configuration can name (spec config §12.5). */
public interface ModelNames {
  /** What is known of a name or a path. */
  Named find(String nameOrPath);

  /** Every name, to suggest what may have been meant. */
  List<String> names();

  /** Where nobody can tell what there is. */
  static ModelNames none() {
    return new ModelNames() {
      @Override
      public Named find(String nameOrPath) {
        return new Named.Unknown();
      }

      @Override
      public List<String> names() {
        return List.of();
      }
    };
  }

  /** What a name stands for. */
  sealed interface Named {
    /**
     * A model of which something is known.
     *
     * @param task what it is asked
     * @param family its architecture
     * @param folder where it lies on this machine
     */
    record Model(Optional<String> task, Optional<String> family, Optional<String> folder)
        implements Named {}

    /**
     * A folder, of which only its loading tells more.
     *
     * @param folder where it lies on this machine
     */
    record Folder(String folder) implements Named {}

    /** Nothing that is known or there. */
    record Nothing() implements Named {}

    /** Nobody can tell. */
    record Unknown() implements Named {}

    /** Where the model lies on this machine; empty when it is not here. */
    default Optional<String> here() {
      return switch (this) {
        case Model(_, _, Optional<String> folder) -> folder;
        case Folder(String folder) -> Optional.of(folder);
        case Nothing(), Unknown() -> Optional.empty();
      };
    }
  }
}
