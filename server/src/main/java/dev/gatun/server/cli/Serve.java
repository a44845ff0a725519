package dev.gatun.server.cli;

import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.server.GatunServer;
import dev.gatun.server.OrderlyStop;
import dev.gatun.server.ServeOptions;
import dev.gatun.server.ServePorts;
import dev.gatun.server.StartException;
import dev.gatun.server.config.ConfigSource;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun serve}: the router, in the foreground until it is told to stop. */
@Command(
    name = "serve",
    description = "Run the router until it is told to stop.",
    footer = {
      "",
      "Prints 'ready data=URL management=URL' once requests are accepted. SIGTERM and SIGINT let",
      "open requests finish and end with status 0."
    })
final class Serve implements Callable<Integer> {
  private final Console console;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port of the first listener, instead of the configured one; 0 for a free one.")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--management-port",
      paramLabel = "N",
      description = "Port of the management API; 0 for a free one.")
  private Optional<Integer> managementPort = Optional.empty();

  @Option(
      names = "--metrics-port",
      paramLabel = "N",
      description =
          "Port of a listener with /metrics alone, beside the management API; 0 for none.")
  private Optional<Integer> metricsPort = Optional.empty();

  @Option(
      names = "--allow-unsupported",
      description = "Start although the configuration uses what this build does not run yet.")
  private boolean allowUnsupported;

  Serve(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    ConfigSource source = config.source();
    ServeOptions options =
        ServeOptions.of(source)
            .withPorts(
                new ServePorts(
                    checked("--port", port),
                    checked("--management-port", managementPort),
                    checked("--metrics-port", metricsPort)))
            .withCompatibility(config.compatibility())
            .withStrict(config.strict())
            .allowingUnsupported(allowUnsupported);
    GatunServer server = start(options, OrderlyStop.installed());
    ConfigOption.tell(console, server.diagnostics());
    if (!(source instanceof ConfigSource.Starter)) {
      SemanticsNotice.lines(config.name(), server.differences(), server.compatibility())
          .forEach(console::say);
    }
    explain(server, source);
    console.line("ready data=" + server.data().getFirst() + " management=" + server.management());
    console.flush();
    server.awaitClosed();
    return ExitStatus.OK;
  }

  /** Starts; a signal that comes meanwhile is heeded, too. */
  private GatunServer start(ServeOptions options, OrderlyStop stop) {
    boolean started = false;
    try {
      GatunServer server = start(options);
      stop.of(server);
      started = true;
      return server;
    } finally {
      if (!started) {
        stop.withdraw();
      }
    }
  }

  private GatunServer start(ServeOptions options) {
    try {
      return GatunServer.start(options);
    } catch (StartException.InvalidConfig e) {
      throw refused(e);
    } catch (StartException.NoSocket e) {
      throw new Failure(
          ExitStatus.FAILED,
          e.getMessage() + " (--port N, --management-port N; 0 takes a free one)",
          e);
    } catch (StartException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private Failure refused(StartException.InvalidConfig e) {
    List<Diagnostic> problems = e.diagnostics();
    boolean wrong = problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
    if (wrong && problems.size() == 1) {
      return new Failure(ExitStatus.CONFIGURATION, Diagnostics.line(problems.getFirst()), e);
    }
    ConfigOption.tell(console, problems);
    String what =
        wrong
            ? " cannot be used"
            : " uses what would not run; --allow-unsupported starts without it";
    return new Failure(ExitStatus.CONFIGURATION, config.name() + what, e);
  }

  /** What is running and what to try next. */
  private void explain(GatunServer server, ConfigSource source) {
    URI data = server.data().getFirst();
    boolean starter = source instanceof ConfigSource.Starter;
    if (starter) {
      console.say("no --config given and no config.yaml here, so this is the built-in starter:");
      console.say("two demo models inside this process name themselves and echo what they get");
    } else {
      console.say("routing as " + config.name() + " says");
    }
    console.say("data        " + data + "/v1/chat/completions");
    console.say("management  " + server.management() + "/api/v1/eval");
    server.metrics().ifPresent(at -> console.say("metrics     " + at));
    console.say("try         " + curl(data));
    if (starter) {
      console.say("");
      console.say("to use your own backends: gatun config show > config.yaml, replace the two");
      console.say("endpoints in it, and start again");
    }
  }

  private static String curl(URI data) {
    return "curl "
        + data
        + "/v1/chat/completions -H 'content-type: application/json' -d '{\"model\":\"auto\","
        + "\"messages\":[{\"role\":\"user\",\"content\":\"Prove that 17 is prime\"}]}'";
  }

  private static OptionalInt checked(String name, Optional<Integer> port) {
    if (port.isEmpty()) {
      return OptionalInt.empty();
    }
    if (port.get() < 0 || port.get() > 65535) {
      throw new Failure(ExitStatus.USAGE, name + " " + port.get() + ": 0 to 65535 expected");
    }
    return OptionalInt.of(port.get());
  }
}
