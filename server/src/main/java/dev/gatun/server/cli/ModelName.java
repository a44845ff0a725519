package dev.gatun.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The model that a command is about. */
final class ModelName {
  @Option(
      names = "--model",
      paramLabel = "DIR_OR_NAME",
      required = true,
      description = "Model folder, or the name of a model that comes with Gatun or was imported.")
  private String name = "";

  Path folder() {
    return ModelOptions.folder(name);
  }

  /** As it was given. */
  @Override
  public String toString() {
    return name;
  }
}
