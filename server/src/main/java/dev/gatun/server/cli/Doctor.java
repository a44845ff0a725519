package dev.gatun.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun doctor}: what a configuration means for the machine. */
@Command(
    name = "doctor",
    description = "Say how the parts of a configuration work here.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {DoctorModels.class})
final class Doctor implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing after 'doctor'");
  }
}
