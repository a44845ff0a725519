package dev.gatun.server;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.GlobalSettings.ManagementApi;
import dev.gatun.router.config.GlobalSettings.NativeSettings;
import dev.gatun.router.config.Listener;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.SemanticDifference;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.config.ConfigText;
import dev.gatun.server.demo.Demo;
import dev.gatun.server.http.DataPlane;
import dev.gatun.server.http.Deadlines;
import dev.gatun.server.http.Gateways;
import dev.gatun.server.http.MemoryBudget;
import dev.gatun.server.http.ModelStates;
import dev.gatun.server.http.Readiness;
import dev.gatun.server.http.Sockets;
import dev.gatun.server.manage.LocalCallers;
import dev.gatun.server.manage.ManagementPlane;
import dev.gatun.server.manage.MetricsPlane;
import dev.gatun.server.observe.RequestMetrics;
import dev.gatun.server.upstream.Upstream;
import io.helidon.webserver.WebServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * The running process: management listener, models, data listeners, in this order; a stop goes the
 * other way. The one place that puts the parts together.
 */
public final class GatunServer implements AutoCloseable {
  private final Closing closing;
  private final Readiness readiness;
  private final MemoryBudget memory;
  private final RequestMetrics metrics = new RequestMetrics();
  private final List<WebServer> dataServers = new ArrayList<>();
  private final Gateways gateways = new Gateways();
  private final List<URI> data = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Decoded decoded;
  private Optional<URI> metricsAt = Optional.empty();
  private URI management = URI.create("http://127.0.0.1");

  private GatunServer(Decoded decoded, long memoryBytesMax) {
    this.closing = new Closing();
    this.readiness = new Readiness();
    this.memory = new MemoryBudget(memoryBytesMax);
    this.decoded = decoded;
  }

  /**
   * Starts everything and returns when requests are answered.
   *
   * @throws StartException when a part cannot start; everything started before it is stopped
   */
  public static GatunServer start(ServeOptions options) throws StartException {
    Logs.configure();
    Closing early = new Closing();
    try {
      Optional<Demo> demo = Optional.empty();
      if (options.source() instanceof ConfigSource.Starter) {
        demo = Optional.of(early.add(Demo.start()));
      }
      Function<String, Optional<String>> environment = environment(demo);
      ConfigSource source = options.source().once();
      Decoded decoded = Reload.decode(options, source, environment);
      if (decoded.config().isEmpty()
          || Reload.isRefused(options, decoded)
          || !(source instanceof ConfigSource.OfText(ConfigText text))) {
        throw new StartException.InvalidConfig(decoded.diagnostics());
      }
      GatunServer server = new GatunServer(decoded, options.memoryBytesMax());
      server.closing.add(early);
      server.open(text, options, environment);
      return server;
    } catch (Sockets.Unavailable e) {
      early.close();
      throw new StartException.NoSocket(String.valueOf(e.getMessage()));
    } catch (StartException | RuntimeException e) {
      early.close();
      throw e;
    }
  }

  private static Function<String, Optional<String>> environment(Optional<Demo> demo) {
    return name -> demo.flatMap(d -> d.variable(name)).or(() -> ConfigFile.environment(name));
  }

  private void open(
      ConfigText text, ServeOptions options, Function<String, Optional<String>> environment)
      throws StartException, Sockets.Unavailable {
    RouterConfig config = decoded.config().orElseThrow();
    try {
      Upstream upstream = closing.add(new Upstream());
      Activation activation = closing.add(new Activation(options.models(), upstream, gateways));
      metrics.turns(() -> activation.models(models -> models.turns().figures()));
      Reload reload = closing.add(new Reload(options, activation, environment));
      management = manage(config, options, activation, reload);
      metricsAt = measure(config.global().managementApi(), options);
      readiness.loading(Models.needed(config));
      reload.begin(text, decoded);
      listen(config, options);
      readiness.serving(() ->
          activation
              .asked((models, others) ->
                  models
                      .states()
                      .with(others.failing(), others.indispensable())
                      .without(activation.degraded()))
              .orElseGet(() -> ModelStates.allPending(List.of())));
    } catch (StartException | Sockets.Unavailable | RuntimeException e) {
      closing.close();
      throw e;
    }
  }

  private URI manage(
      RouterConfig config, ServeOptions options, Activation activation, Reload reload)
      throws StartException, Sockets.Unavailable {
    ManagementApi api = config.global().managementApi();
    if (!Sockets.isLoopback(api.address())) {
      throw new StartException.Unsafe(
          "global.services.management_api.address is "
              + api.address()
              + ", which other machines can reach, and this build cannot authenticate them; use"
              + " 127.0.0.1");
    }
    ManagementPlane plane =
        new ManagementPlane(
            gateways,
            readiness,
            () -> activation.asked(Models::info),
            reload,
            new LocalCallers(api.address()),
            memory,
            metrics);
    int port = options.ports().management().orElse(api.port());
    WebServer server = Sockets.open(api.address(), port, Duration.ofSeconds(1), plane);
    closing.then(server::stop);
    return uri(api.address(), server.port());
  }

  /** Metrics alone, where the management API is reached, on a port of their own. */
  private Optional<URI> measure(ManagementApi api, ServeOptions options)
      throws Sockets.Unavailable {
    int port = options.ports().metrics().orElse(0);
    if (port <= 0) {
      return Optional.empty();
    }
    MetricsPlane plane = new MetricsPlane(new LocalCallers(api.address()), metrics);
    WebServer server = Sockets.open(api.address(), port, Duration.ofSeconds(1), plane);
    closing.then(server::stop);
    return Optional.of(uri(api.address(), server.port()).resolve(MetricsPlane.PATH));
  }

  private void listen(RouterConfig config, ServeOptions options) throws Sockets.Unavailable {
    Deadlines deadlines = closing.add(new Deadlines());
    List<Listener> listeners = config.listeners();
    for (int i = 0; i < listeners.size(); i++) {
      Listener listener = listeners.get(i);
      int port = i == 0 ? options.ports().data().orElse(listener.port()) : listener.port();
      DataPlane plane = new DataPlane(gateways, readiness, memory, deadlines, i, metrics);
      WebServer server = Sockets.open(listener.address(), port, options.drain(), plane);
      dataServers.add(server);
      data.add(uri(listener.address(), server.port()));
    }
  }

  private static URI uri(String address, int port) {
    String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    return URI.create("http://" + host + ":" + port);
  }

  /**
   * The models that a configuration needs, with their folders.
   *
   * @param usual directory of the models that come with the program
   */
  public static List<NeededModel> needs(RouterConfig config, Path usual) {
    return ModelNeeds.of(config).folders(modelsDirectory(config, usual));
  }

  /** What encoders compute in, in the word of the settings. */
  public static String precision(NativeSettings settings) {
    return EngineSettings.precision(settings).word();
  }

  /** Where the models of a configuration are looked for. */
  public static Path modelsDirectory(RouterConfig config, Path usual) {
    return config.global().nativeSettings().modelsDir().map(Path::of).orElse(usual);
  }

  /** Data listeners, in the order of the configuration. */
  public List<URI> data() {
    return List.copyOf(data);
  }

  /** The management listener. */
  public URI management() {
    return management;
  }

  /** Where metrics have a listener of their own. */
  public Optional<URI> metrics() {
    return metricsAt;
  }

  /** Warnings, and uses of what this build does not do yet, in the order of the file. */
  public List<Diagnostic> diagnostics() {
    return decoded.diagnostics();
  }

  /** Rules that give another result under the other semantics, in the order of the file. */
  public List<SemanticDifference> differences() {
    return decoded.differences();
  }

  /** The semantics in force. */
  public Compatibility compatibility() {
    return decoded
        .config()
        .map(config -> config.global().router().compatibility())
        .orElse(Compatibility.GATUN);
  }

  /** The configuration at work. */
  public RouterConfig config() {
    return gateways.current().orElseThrow(IllegalStateException::new).config();
  }

  /** Waits until this is closed; {@link OrderlyStop} does that when the process is to stop. */
  public void awaitClosed() throws InterruptedException {
    stopped.await();
  }

  /** Stops accepting, lets open requests finish for the drain time, then stops everything. */
  @Override
  public void close() {
    readiness.draining();
    List<Thread> stops =
        dataServers.stream()
            .map(server -> Thread.ofVirtual().name("gatun-drain").start(server::stop))
            .toList();
    for (Thread stop : stops) {
      try {
        stop.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    closing.close();
    stopped.countDown();
  }
}
