package dev.gatun.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatun model}: encoder models by themselves, without a router. */
@Command(
    name = "model",
    description = "Run, list, verify, import, train and calibrate encoder models.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ModelRun.class,
      ModelTokenize.class,
      ModelList.class,
      ModelInspect.class,
      ModelVerify.class,
      ModelTrain.class,
      ModelCalibrate.class,
      ModelImport.class,
      ModelCache.class
    })
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing after 'model'");
  }
}
