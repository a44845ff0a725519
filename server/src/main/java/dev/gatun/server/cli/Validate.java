package dev.gatun.server.cli;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.SemanticDifference;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.GatunServer;
import dev.gatun.server.models.ModelsLocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun validate} and {@code gatun config validate}: every problem of a file at once. */
@Command(
    name = "validate",
    description = "Check a configuration file and name every problem.",
    footer = "Exit status 3 when the file has errors.")
final class Validate implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same, without --config.")
  private Optional<Path> parameter = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: text).")
  private Format format = Format.text;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = "--production",
      description = {
        "Also refuse what must not serve real users: versions such as latest, certificates that",
        "are not checked, stores emptied at start, unknown keys; and name what fails open, who can",
        "reach it, and secrets in the file."
      })
  private boolean production;

  @Option(
      names = "--semantic-diff",
      paramLabel = "WORD",
      converter = ConfigOption.CompatibilityWord.class,
      description = "Also list the rules whose results differ under gatun or upstream-0.3.")
  private Optional<Compatibility> other = Optional.empty();

  Validate(Console console) {
    this.console = console;
  }

  /** How to tell problems; the names are those of the option. */
  private enum Format {
    text,
    json,
    sarif
  }

  @Override
  public Integer call() {
    if (!config.or(parameter).hasFile()) {
      throw new Failure(ExitStatus.USAGE, "name the file to check: gatun validate --config FILE");
    }
    Decoded decoded = production ? config.decodeForProduction() : config.decode();
    List<Diagnostic> problems =
        Stream.concat(decoded.diagnostics().stream(), missingModels(decoded))
            .sorted(Diagnostic.BY_PLACE)
            .toList();
    Optional<Compatibility> chosen =
        decoded.config().map(settings -> settings.global().router().compatibility());
    List<SemanticDifference> differences =
        other.isPresent() && !other.equals(chosen) ? decoded.differences() : List.of();
    switch (json ? Format.json : format) {
      case text -> {
        problems.forEach(problem -> console.line(Diagnostics.line(problem)));
        differences.forEach(difference -> console.line(difference.render()));
      }
      case json -> {
        problems.forEach(problem -> console.json(Diagnostics.json(problem)));
        differences.forEach(difference -> console.json(Diagnostics.json(difference)));
      }
      case sarif -> console.json(Diagnostics.sarif(problems, differences));
    }
    console.flush();
    long errors = count(problems, Severity.ERROR);
    console.say(
        config.name()
            + (errors == 0 ? ": valid, " : ": not valid, ")
            + counted(errors, "error")
            + ", "
            + counted(count(problems, Severity.WARNING), "warning")
            + ", "
            + counted(count(problems, Severity.UNSUPPORTED), "use")
            + " of what this build does not run");
    if (other.isEmpty() && chosen.isPresent()) {
      SemanticsNotice.lines(config.name(), decoded.differences(), chosen.get())
          .forEach(console::say);
    } else if (other.isPresent() && other.equals(chosen)) {
      console.say("these are the semantics of the file already");
    } else if (other.isPresent()) {
      console.say(counted(differences.size(), "rule") + " with another result");
    }
    return errors == 0 ? ExitStatus.OK : ExitStatus.CONFIGURATION;
  }

  /** Models that the rules of the file need, but that are not where they are looked for. */
  private Stream<Diagnostic> missingModels(Decoded decoded) {
    Path usual = ModelsLocation.builtIns();
    return decoded.config().stream()
        .flatMap(settings ->
            GatunServer.needs(settings, usual).stream()
                .filter(need -> !need.isHere())
                .map(need ->
                    new Diagnostic(
                        Severity.WARNING,
                        new Position(config.name(), 1, 1),
                        "global.native.models_dir",
                        "the model "
                            + need.name()
                            + ", which its rules need, is not in "
                            + decoded
                                .expanded()
                                .hide(GatunServer.modelsDirectory(settings, usual).toString()),
                        "build the models of this program, or name the folder that has them")));
  }

  private static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static long count(List<Diagnostic> problems, Severity severity) {
    return problems.stream().filter(problem -> problem.severity() == severity).count();
  }
}
