package dev.gatun.server.cli;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code gatun validate} and {@code gatun config validate}: every problem of a file at once. An
 * unknown key, which a server only warns about, is an error here.
 */
@Command(
    name = "validate",
    description = "Check a configuration file and name every problem.",
    footer = "Exit status 3 when the file has errors.")
final class Validate implements Callable<Integer> {
  private final Console console;

  @Option(names = "--config", paramLabel = "FILE", description = "The file to check.")
  private Optional<Path> option = Optional.empty();

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
    Path file = option.or(() -> parameter).orElseThrow(Validate::noFile);
    Decoded decoded = ConfigOption.of(file).decode(true);
    List<Diagnostic> problems = decoded.diagnostics().stream().sorted(Diagnostic.BY_PLACE).toList();
    switch (json ? Format.json : format) {
      case text -> problems.forEach(problem -> console.line(Diagnostics.line(problem)));
      case json -> problems.forEach(problem -> console.json(Diagnostics.json(problem)));
      case sarif -> console.json(Diagnostics.sarif(problems));
    }
    console.flush();
    long errors = count(problems, Severity.ERROR);
    console.say(
        file
            + (errors == 0 ? ": valid, " : ": not valid, ")
            + counted(errors, "error")
            + ", "
            + counted(count(problems, Severity.WARNING), "warning")
            + ", "
            + counted(count(problems, Severity.UNSUPPORTED), "use")
            + " of what this build does not run");
    return errors == 0 ? ExitStatus.OK : ExitStatus.CONFIGURATION;
  }

  private static Failure noFile() {
    return new Failure(ExitStatus.USAGE, "name the file to check: gatun validate --config FILE");
  }

  private static String counted(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static long count(List<Diagnostic> problems, Severity severity) {
    return problems.stream().filter(problem -> problem.severity() == severity).count();
  }
}
