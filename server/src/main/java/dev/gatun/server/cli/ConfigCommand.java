package dev.gatun.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun config}: configuration files without a server. */
@Command(
    name = "config",
    description = "Validate, show, compare, migrate and import configuration files.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Validate.class,
      ConfigShow.class,
      ConfigEffective.class,
      ConfigDiff.class,
      ConfigMigrate.class,
      ConfigImport.class,
      ConfigSchema.class
    })
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing after 'config'");
  }
}
