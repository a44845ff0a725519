package dev.gatun.bench;

import dev.gatun.bench.encoder.EncoderBench;
import dev.gatun.bench.encoder.PeakCommand;
import dev.gatun.bench.fidelity.FidelityCommand;
import dev.gatun.bench.jmh.JmhCommand;
import dev.gatun.bench.mix.MixBench;
import dev.gatun.bench.pack.PackCommand;
import dev.gatun.bench.quality.QualityCommand;
import dev.gatun.bench.soak.SoakCommand;
import dev.gatun.bench.tasks.TasksCommand;
import dev.gatun.bench.worker.EncoderWorker;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code gatun bench}: the root of the measurements. */
@Command(
    name = "gatun bench",
    description = "Measure.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      EncoderBench.class,
      MixBench.class,
      PackCommand.class,
      EncoderWorker.class,
      FidelityCommand.class,
      JmhCommand.class,
      PeakCommand.class,
      QualityCommand.class,
      SoakCommand.class,
      TasksCommand.class
    })
public final class Bench implements Runnable {
  private static final int USAGE = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Bench() {}

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  void help(boolean ignored) {}

  /** Runs one command line and ends the process with its status: 0 ok, 1 failed, 2 usage. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Bench());
    line.setParameterExceptionHandler((e, _) -> {
      line.getErr().println("gatun: " + misunderstood(e));
      line.getErr()
          .println(
              "gatun: see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
      return USAGE;
    });
    line.setExecutionExceptionHandler((e, _, _) -> {
      line.getErr().println("gatun: " + e.getMessage());
      return 1;
    });
    line.setUsageHelpWidth(100);
    return line;
  }

  /** What is wrong, with the word that may have been meant. */
  static String misunderstood(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      return "unknown command or argument '"
          + unmatched.getUnmatched().getFirst()
          + "'; did you mean "
          + unmatched.getSuggestions().getFirst()
          + "?";
    }
    return String.valueOf(e.getMessage());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing after 'bench'");
  }
}
