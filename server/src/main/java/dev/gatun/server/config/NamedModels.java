package dev.gatun.server.config;

import dev.gatun.router.config.ModelNames;
import dev.gatun.server.models.KnownModel;
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
 * with the program, imported ones, and folders. A relative path begins at the folder of the
 * configuration, or else at the working directory.
 *
 * @param beside the folder of the configuration
 * @param environment looks up a variable
 */
record NamedModels(Optional<Path> beside, Function<String, Optional<String>> environment)
    implements ModelNames {
  private static final Logger LOG = System.getLogger(NamedModels.class.getName());

  @Override
  public Named find(String nameOrPath) {
    Optional<KnownModel> known = KnownModels.find(nameOrPath);
    Optional<String> folder =
        place(nameOrPath).or(() -> known.flatMap(model -> place(model.name()))).map(Path::toString);
    if (known.isPresent()) {
      return new Named.Model(
          known.get().task(),
          known.get().family().map(family -> family.name().toLowerCase(Locale.ROOT)),
          folder);
    }
    return folder.<Named>map(Named.Folder::new).orElseGet(Named.Nothing::new);
  }

  /** The folder of a model, absolute. */
  private Optional<Path> place(String nameOrPath) {
    try {
      return Stream.of(beside.stream(), Stream.of(Path.of("")), places())
          .flatMap(place -> place)
          .map(place -> place.resolve(nameOrPath).toAbsolutePath().normalize())
          .filter(Files::isDirectory)
          .findFirst();
    } catch (InvalidPathException e) {
      return Optional.empty();
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
