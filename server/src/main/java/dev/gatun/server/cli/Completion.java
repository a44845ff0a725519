package dev.gatun.server.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code gatun completion}: a script that completes words in bash and zsh. */
@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh.",
    footer = "Use it with: source <(gatun completion)")
final class Completion implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  Completion(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    console.out().print(AutoComplete.bash("gatun", root));
  }
}
