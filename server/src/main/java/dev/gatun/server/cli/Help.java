package dev.gatun.server.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code gatun help model run}: the same as {@code gatun model run --help}. */
@Command(name = "help", description = "Show the help of a command.")
final class Help implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Whose help to show.")
  private List<String> words = List.of();

  Help(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    CommandLine command = spec.root().commandLine();
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        throw new UnmatchedArgumentException(command, List.of(word));
      }
      command = next;
    }
    console.out().print(command.getUsageMessage());
  }
}
