package dev.gatun.server.cli;

import dev.gatun.router.text.Nearest;
import dev.gatun.server.Logs;
import dev.gatun.server.config.ConfigFile;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the command line. */
@Command(
    name = "gatun",
    description = "Routes LLM requests by what they mean.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Serve.class,
      Chat.class,
      Eval.class,
      ConfigCommand.class,
      Validate.class,
      Plan.class,
      Doctor.class,
      ModelCommand.class,
      Classify.class,
      Version.class,
      Completion.class,
      Rehearse.class,
      Help.class,
      Development.Build.class,
      Development.Test.class,
      Development.Dist.class,
      Development.Bench.class,
      Conformance.class
    },
    footerHeading = "%nExit status:%n",
    footer = {
      "  0  ok",
      "  1  failed",
      "  2  wrong command line",
      "  3  configuration invalid",
      "  4  no router answers"
    })
public final class Gatun implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where a failure comes from (also GATUN_DEBUG=1).")
  private boolean stacktrace;

  private Gatun(Console console) {
    this.console = console;
  }

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  void help(boolean ignored) {}

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  void version(boolean ignored) {}

  /** Runs one command line and ends the process with its status. */
  public static void main(String[] args) {
    Logs.configure();
    Console console = Console.system();
    int status = run(console, List.of(args));
    System.exit(status);
  }

  /** Runs one command line; everything it says goes to the console. */
  static int run(Console console, List<String> args) {
    Gatun root = new Gatun(console);
    CommandLine line = new CommandLine(root, new ConsoleFactory(console));
    line.getCommandSpec().version("gatun " + Version.number());
    line.setOut(new PrintWriter(console.out(), false, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, _) -> root.misunderstood(e));
    line.setExecutionStrategy(Gatun::executed);
    line.setExecutionExceptionHandler((e, _, _) -> root.failed(e));
    line.setUsageHelpWidth(100);
    line.setUsageHelpAutoWidth(false);
    int status = line.execute(args.toArray(String[]::new));
    line.getOut().flush();
    if (console.out().checkError() && status == ExitStatus.OK) {
      console.say("standard output cannot be written");
      return ExitStatus.FAILED;
    }
    return status;
  }

  /** A word that is no command is wrong, also where help is asked for: it would be another's. */
  private static int executed(ParseResult parsed) {
    for (ParseResult at :
        parsed.asCommandLineList().stream().map(CommandLine::getParseResult).toList()) {
      if (!at.unmatched().isEmpty()) {
        throw new UnmatchedArgumentException(at.commandSpec().commandLine(), at.unmatched());
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private int misunderstood(ParameterException e) {
    CommandLine command = e.getCommandLine();
    List<String> unknown =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched()
            : command.getUnmatchedArguments();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    if (!unknown.isEmpty()) {
      String word = unknown.getFirst();
      List<String> near = Nearest.names(word, words(command, word.startsWith("-")), 2);
      message =
          (word.startsWith("-") ? "unknown option '" : "unknown command or argument '")
              + word
              + (near.isEmpty() ? "'" : "'; did you mean " + String.join(" or ", near) + "?");
    }
    console.say(message);
    console.say("see '" + command.getCommandSpec().qualifiedName() + " --help'");
    return ExitStatus.USAGE;
  }

  /** What could have been meant at this place. */
  private static Collection<String> words(CommandLine command, boolean options) {
    return options
        ? command.getCommandSpec().optionsMap().keySet()
        : command.getSubcommands().keySet();
  }

  private int failed(Exception e) {
    boolean ours =
        e instanceof Failure
            || e instanceof dev.gatun.inference.InferenceException
            || e instanceof dev.gatun.inference.tokenize.TokenizerException;
    boolean trace = stacktrace || ConfigFile.environment("GATUN_DEBUG").isPresent();
    console.say(ours ? String.valueOf(e.getMessage()) : "internal error, please report it: " + e);
    if (trace) {
      e.printStackTrace(console.err());
    } else if (!ours) {
      console.say("run again with --stacktrace to see where");
    }
    return e instanceof Failure failure ? failure.status() : ExitStatus.FAILED;
  }

  /** Gives commands that want it the console. */
  private record ConsoleFactory(Console console) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      for (var constructor : type.getDeclaredConstructors()) {
        if (constructor.getParameterCount() == 1
            && constructor.getParameterTypes()[0] == Console.class) {
          return type.cast(constructor.newInstance(console));
        }
      }
      return CommandLine.defaultFactory().create(type);
    }
  }
}
