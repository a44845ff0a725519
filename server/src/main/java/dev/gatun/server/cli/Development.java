package dev.gatun.server.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * The commands that the launcher of a checkout answers itself. They stand here so that help,
 * completion and suggestions know them; this code runs only in a distribution.
 */
final class Development {
  private Development() {}

  /** Says where a command is to be found. */
  static int refuse(Console console, String name) {
    console.say(
        name + " is a development command: run ./gatun " + name + " in a checkout of the sources");
    return ExitStatus.FAILED;
  }

  @Command(name = "build", description = "Build what has changed (in a checkout).")
  static final class Build extends CheckoutOnly {
    Build(Console console) {
      super(console, "build");
    }
  }

  @Command(name = "test", description = "Build and run every test (in a checkout).")
  static final class Test extends CheckoutOnly {
    Test(Console console) {
      super(console, "test");
    }
  }

  @Command(name = "dist", description = "Make a self-contained archive (in a checkout).")
  static final class Dist extends CheckoutOnly {
    Dist(Console console) {
      super(console, "dist");
    }
  }

  @Command(
      name = "bench",
      description = "Measure (in a checkout).",
      subcommands = Measurement.class)
  static final class Bench extends CheckoutOnly {
    Bench(Console console) {
      super(console, "bench");
    }
  }

  /** The subcommands of {@code bench}: their words, for completion. */
  @Command(
      name = "encoder",
      aliases = {"encoder-worker", "fidelity", "encoder-mix", "jmh", "peak", "soak", "tasks"},
      description = "What to measure (in a checkout).")
  static final class Measurement extends CheckoutOnly {
    Measurement(Console console) {
      super(console, "bench");
    }
  }

  abstract static class CheckoutOnly implements Callable<Integer> {
    private final Console console;
    private final String name;

    @Parameters(hidden = true, arity = "0..*")
    private List<String> ignored = List.of();

    CheckoutOnly(Console console, String name) {
      this.console = console;
      this.name = name;
    }

    @Override
    public Integer call() {
      return refuse(console, name);
    }
  }
}
