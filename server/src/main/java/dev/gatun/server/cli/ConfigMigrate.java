package dev.gatun.server.cli;

import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.migration.Migration;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.YamlComments;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.config.YamlWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun config migrate}: a file of an older layout in that of v0.3. */
@Command(
    name = "migrate",
    description = {
      "Rewrite a configuration of an older layout as one of v0.3, with its comments.",
      "What has no place there is named, and so is what the new file still lacks."
    },
    footer = {
      "",
      "Exit status 1 when something has no place (--drop-unknown: not then), 3 when the new file",
      "has errors; it is written all the same."
    })
final class ConfigMigrate implements Callable<Integer> {
  private final Console console;

  @Option(names = "--config", paramLabel = "FILE", description = "The file to migrate.")
  private Optional<Path> option = Optional.empty();

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same, without --config.")
  private Optional<Path> parameter = Optional.empty();

  @Mixin private WrittenFile written = new WrittenFile();

  @Option(names = "--drop-unknown", description = "Settings without a place are no failure.")
  private boolean dropUnknown;

  ConfigMigrate(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path file =
        option
            .or(() -> parameter)
            .orElseThrow(() ->
                new Failure(
                    ExitStatus.USAGE, "name the file to migrate: gatun config migrate FILE"));
    Mapping old = read(file);
    Migration migration = Migration.of(old, Compatibility.GATUN);
    YamlComments comments = YamlComments.of(ConfigFile.text(file));
    comments.follow(old, migration.document());
    String text = YamlWriter.write(migration.document(), comments);
    written.write(console, text);
    migration.unplaced().forEach(left -> console.err().println(left.render()));
    boolean wrong = tellProblems(console, written.name(), text);
    int left = migration.unplaced().size();
    console.say(
        file
            + (wrong ? ": migrated, but not valid yet" : ": migrated and valid")
            + (left == 0
                ? ""
                : ", " + left + (left == 1 ? " setting" : " settings") + " left out"));
    if (wrong) {
      return ExitStatus.CONFIGURATION;
    }
    return left == 0 || dropUnknown ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private Mapping read(Path file) {
    YamlReader.Result text = ConfigFile.read(file);
    ConfigOption.tell(console, text.diagnostics());
    Node root =
        text.root()
            .orElseThrow(() -> new Failure(ExitStatus.CONFIGURATION, file + " cannot be read"));
    if (root instanceof Mapping mapping) {
      return mapping;
    }
    throw new Failure(ExitStatus.CONFIGURATION, file + ": a configuration is a mapping of keys");
  }

  /**
   * Validates a text that was written and tells every problem; variables of the environment may be
   * missing here. Returns whether it has errors.
   */
  static boolean tellProblems(Console console, String name, String text) {
    YamlReader.Result read = YamlReader.read(name, text);
    List<Diagnostic> problems =
        read.root()
            .map(root ->
                ConfigDecoder.decode(root, new DecodeOptions(false, _ -> Optional.of("unset"))))
            .map(Decoded::diagnostics)
            .orElse(read.diagnostics());
    ConfigOption.tell(console, problems);
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }
}
