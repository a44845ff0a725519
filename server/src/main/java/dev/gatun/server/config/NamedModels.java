package dev.gatun.server.config;

import dev.gatun.router.config.ModelNames;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.models.ModelsLocation;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Models that configurations can name: published ones of which something is known, those that come
 * with the program, imported ones, and folders.
 *
 * @param environment looks up a variable
 */
record NamedModels(Function<String, Optional<String>> environment) implements ModelNames {
  private static final Logger LOG = System.getLogger(NamedModels.class.getName());

  @Override
  public Named find(String nameOrPath) {
    Optional<Named> known =
        KnownModels.find(nameOrPath)
            .map(model ->
                new Named.Model(
                    model.task(), model.family().map(f -> f.name().toLowerCase(Locale.ROOT))));
    return known.orElseGet(() -> isThere(nameOrPath) ? new Named.Folder() : new Named.Nothing());
  }

  private boolean isThere(String nameOrPath) {
    try {
      return Stream.concat(Stream.of(Path.of("")), places())
          .anyMatch(place -> Files.isDirectory(place.resolve(nameOrPath)));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Stream<Path> places() {
    return Stream.concat(
        Stream.of(ModelsLocation.builtIns()),
        ModelsLocation.of(Optional.empty(), environment).stream());
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(KnownModels.names());
    places()
        .forEach(place -> {
          try {
            names.addAll(ModelFiles.names(place));
          } catch (IOException e) {
            LOG.log(Level.WARNING, place + " cannot be read, so its models are not known: " + e);
          }
        });
    return names;
  }
}
