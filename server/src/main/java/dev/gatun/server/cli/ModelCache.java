package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.CachedWeights;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.WeightCache;
import dev.gatun.server.inference.CacheLocation;
import dev.gatun.server.wire.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun model cache}: the packed weights that the next start maps. */
@Command(
    name = "cache",
    description = "List or remove the packed weights that are kept for the next start.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ModelCache.Listing.class, ModelCache.Clear.class})
final class ModelCache implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing after 'cache'");
  }

  /** Where the cache is, as an option of both commands. */
  static final class Place {
    @Option(
        names = "--cache",
        paramLabel = "DIR",
        description = "Another directory than that of this user.")
    private Optional<String> directory = Optional.empty();

    WeightCache.In cache() {
      return switch (CacheLocation.of(directory)) {
        case WeightCache.In cache -> cache;
        case WeightCache.Off() -> throw new Failure(ExitStatus.FAILED, "the cache is off");
      };
    }
  }

  private static Path library() {
    return InferenceOptions.defaults().library();
  }

  /** {@code gatun model cache list}. */
  @Command(name = "list", description = "List what is kept, the file used last first.")
  static final class Listing implements Runnable {
    private final Console console;

    @picocli.CommandLine.Mixin private Place place = new Place();

    @Option(names = "--verify", description = "Read every byte and compare checksums.")
    private boolean verify;

    @Option(names = "--json", description = "One JSON object per line.")
    private boolean json;

    Listing(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      List<CachedWeights> all = CachedWeights.list(library(), place.cache(), verify);
      all.forEach(json ? file -> console.json(tree(file)) : this::print);
      if (verify && all.stream().anyMatch(file -> file.problem().isPresent())) {
        throw new Failure(ExitStatus.FAILED, "some files are damaged; they will be made anew");
      }
    }

    private void print(CachedWeights file) {
      console.line(
          String.format(
              Locale.ROOT,
              "%,9.1f MB  %-4s  %-20s  %s%s",
              file.bytes() / 1e6,
              file.precision().orElse("?"),
              file.packing().orElse("?"),
              file.model().map(Path::toString).orElseGet(() -> file.file().toString()),
              file.problem().map(problem -> "  (" + problem + ")").orElse("")));
    }

    private static ObjectNode tree(CachedWeights file) {
      ObjectNode tree =
          Json.object()
              .put("file", file.file().toString())
              .put("bytes", file.bytes())
              .put("used", file.used().toString());
      file.model().ifPresent(model -> tree.put("model", model.toString()));
      file.precision().ifPresent(precision -> tree.put("precision", precision));
      file.packing().ifPresent(packing -> tree.put("packing", packing));
      file.library().ifPresent(library -> tree.put("library", library));
      file.problem().ifPresent(problem -> tree.put("problem", problem));
      return tree;
    }
  }

  /** {@code gatun model cache clear}. */
  @Command(name = "clear", description = "Remove everything that is kept; it is made anew.")
  static final class Clear implements Runnable {
    private final Console console;

    @picocli.CommandLine.Mixin private Place place = new Place();

    Clear(Console console) {
      this.console = console;
    }

    @Override
    public void run() {
      WeightCache.In cache = place.cache();
      long bytes = CachedWeights.clear(library(), cache);
      console.say(
          String.format(Locale.ROOT, "removed %,.1f MB from %s", bytes / 1e6, cache.directory()));
    }
  }
}
