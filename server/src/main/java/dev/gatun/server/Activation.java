package dev.gatun.server;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Ports;
import dev.gatun.server.external.OtherProcesses;
import dev.gatun.server.http.Gateway;
import dev.gatun.server.http.Gateways;
import dev.gatun.server.http.LearnedTokens;
import dev.gatun.server.http.Shared;
import dev.gatun.server.upstream.Backends;
import dev.gatun.server.upstream.Upstream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Makes configurations ready and puts them to work. Models stay loaded while the next configuration
 * needs the same; others are loaded beside them, and the old ones go with the last request that
 * uses them. What was learned from responses outlives all of them. {@link #prepare} and {@link
 * Prepared#activate} are for one caller at a time.
 */
final class Activation implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Activation.class.getName());

  /** Models and the configurations that use them. */
  private record Loaded(Models models, Shared users) {}

  private final Path directory;
  private final Upstream upstream;
  private final Gateways gateways;
  private final LearnedTokens tokens = new LearnedTokens();
  private volatile Optional<AtWork> atWork = Optional.empty();

  /**
   * Begins with nothing at work.
   *
   * @param directory of the built model folders
   * @param upstream outlives this
   */
  Activation(Path directory, Upstream upstream, Gateways gateways) {
    this.directory = directory;
    this.upstream = upstream;
    this.gateways = gateways;
  }

  /** What a configuration asks. */
  private record AtWork(Loaded loaded, OtherProcesses others, SortedMap<String, String> degraded) {
    void end() {
      others.close();
      loaded.users.release();
    }
  }

  /** A configuration that could be put to work. Is activated or dropped, once. */
  final class Prepared {
    private final Gateway gateway;
    private final AtWork asked;

    private Prepared(Gateway gateway, AtWork asked) {
      this.gateway = gateway;
      this.asked = asked;
    }

    /** From here on new requests use it. */
    void activate() {
      atWork = Optional.of(asked);
      gateways.put(gateway, asked::end);
    }

    /** It is not wanted after all. */
    void drop() {
      asked.end();
    }
  }

  /**
   * Loads what a configuration needs.
   *
   * @param configHash names the configuration in traces
   * @throws StartException when a model is missing or does not fit
   */
  Prepared prepare(RouterConfig config, String configHash) throws StartException {
    Loaded loaded = loaded(config);
    OtherProcesses others = OtherProcesses.of(config, upstream);
    try {
      Ports ports = loaded.models.ports(config, others).withTokens(tokens);
      SortedMap<String, String> degraded = loaded.models.incomparable(config);
      degraded.putAll(StartCheck.of(config, ports));
      AtWork asked = new AtWork(loaded, others, degraded);
      Router router = new Router(config, ports);
      router.notices().forEach(text -> LOG.log(Level.WARNING, text));
      Backends backends = new Backends(upstream, config.providers());
      long now = Instant.now().getEpochSecond();
      Gateway gateway = Gateway.of(config, configHash, router, backends, tokens, now);
      return new Prepared(gateway, asked);
    } catch (StartException | RuntimeException e) {
      new AtWork(loaded, others, new TreeMap<>()).end();
      throw e;
    }
  }

  private Loaded loaded(RouterConfig config) throws StartException {
    Optional<Loaded> same =
        atWork
            .map(AtWork::loaded)
            .filter(loaded -> loaded.models.fit(config))
            .filter(loaded -> loaded.users.hold());
    if (same.isPresent()) {
      return same.get();
    }
    Models fresh = Models.load(config, directory);
    return new Loaded(fresh, new Shared(fresh::close));
  }

  /** Something about the models at work; empty when there are none. */
  <T> Optional<T> models(Function<Models, T> question) {
    return asked((models, _) -> question.apply(models));
  }

  /** Something about all that is asked; empty when nothing is at work. */
  <T> Optional<T> asked(BiFunction<Models, OtherProcesses, T> question) {
    Optional<AtWork> asked = atWork.filter(now -> now.loaded.users.hold());
    try {
      return asked.map(now -> question.apply(now.loaded.models, now.others));
    } finally {
      asked.ifPresent(now -> now.loaded.users.release());
    }
  }

  /** Types of signals that nobody can tell, each with why; none when nothing is at work. */
  SortedMap<String, String> degraded() {
    return atWork.map(AtWork::degraded).orElseGet(TreeMap::new);
  }

  /** Nothing is at work any more. */
  @Override
  public void close() {
    gateways.close();
  }
}
