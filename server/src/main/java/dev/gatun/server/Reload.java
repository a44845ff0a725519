package dev.gatun.server;

import dev.gatun.router.config.ConfigDiff;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Difference;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Redaction;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.server.config.ConfigDigest;
import dev.gatun.server.config.ConfigPatch;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.config.ConfigText;
import dev.gatun.server.config.ConfigVersions;
import dev.gatun.server.config.ConfigWatch;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.manage.ConfigRefusedException;
import dev.gatun.server.manage.ConfigRefusedException.Reason;
import dev.gatun.server.manage.Configurations;
import dev.gatun.server.manage.ManageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Keeps the configuration at work up to its file and to what callers of the management API ask for
 * (spec config §1.5, http-api §5.6). One change at a time; what cannot be put to work changes
 * nothing, neither in the process nor in the file.
 */
final class Reload implements Configurations, AutoCloseable {
  private static final Logger LOG = System.getLogger("gatun.config");
  private static final String PATCHED =
      "lines and columns are those of the file as this patch would leave it";

  /** What is at work. */
  private record Active(Valid valid, Instant since) {
    String version() {
      return ConfigVersions.id(since, valid.hash);
    }
  }

  /** What is at work, and what became of the last attempt to change that. */
  private record State(Optional<Active> active, Optional<Attempt> last) {}

  /**
   * A text that was read without errors.
   *
   * @param document the text as it was read
   */
  private record Valid(ConfigText text, String hash, Node document, Decoded decoded) {
    Valid(ConfigText text, Node document, Decoded decoded) {
      this(text, text.hash(), document, decoded);
    }

    RouterConfig config() {
      return decoded.config().orElseThrow();
    }

    String digest() {
      return ConfigDigest.of(document, config().global().router().compatibility());
    }
  }

  private final ServeOptions options;
  private final Activation activation;
  private final Function<String, Optional<String>> environment;
  private final Optional<Path> file;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile State state = new State(Optional.empty(), Optional.empty());
  private volatile Optional<ConfigWatch> watch = Optional.empty();

  /**
   * Begins with nothing at work.
   *
   * @param environment looks up variables that configurations refer to
   */
  Reload(
      ServeOptions options, Activation activation, Function<String, Optional<String>> environment) {
    this.options = options;
    this.activation = activation;
    this.environment = environment;
    this.file =
        options.source() instanceof ConfigSource.OfFile(Path path)
            ? Optional.of(path)
            : Optional.empty();
  }

  /**
   * Puts the first configuration to work and watches its file from then on.
   *
   * @param text what the configuration was decoded from
   */
  void begin(ConfigText text, Decoded decoded) throws StartException {
    Valid first = new Valid(text, source(text).read().root().orElseThrow(), decoded);
    activation.prepare(first.config(), first.digest()).activate();
    state = new State(Optional.of(new Active(first, Instant.now())), Optional.empty());
    file.ifPresent(path -> {
      try {
        watch = Optional.of(new ConfigWatch(path, this::fileChanged));
      } catch (UncheckedIOException e) {
        LOG.log(Level.WARNING, "config_not_watched file=" + path + "; changes need a restart", e);
      }
    });
  }

  private static ConfigSource source(ConfigText text) {
    return new ConfigSource.OfText(text);
  }

  private Active active() {
    return state.active.orElseThrow(ManageException::notReady);
  }

  private void fileChanged() {
    changing.lock();
    try {
      ConfigText text = read(file.orElseThrow());
      Valid now = active().valid;
      if (!text.hash().equals(now.hash)) {
        change(text, Origin.FILE);
      } else if (state.last.filter(Reload::isOfARefusedFile).isPresent()) {
        state = new State(state.active, Optional.of(attempt(Origin.FILE, now.hash)));
        LOG.log(Level.INFO, "config_unchanged, the file says again what is at work");
      }
    } catch (ConfigRefusedException e) {
      e.problems().stream()
          .filter(problem -> problem.severity() != Severity.WARNING)
          .forEach(problem -> LOG.log(Level.ERROR, problem.render()));
      LOG.log(Level.ERROR, "config_reload_failed, the one before goes on: " + e.getMessage());
    } finally {
      changing.unlock();
    }
  }

  /** What a caller was refused was never in the file, so that nothing there is good again. */
  private static boolean isOfARefusedFile(Attempt attempt) {
    return attempt.refusal().isPresent() && attempt.source().equals(Origin.FILE.word);
  }

  /** The file as it is now; that it is gone is told like any other change that is refused. */
  private ConfigText read(Path path) throws ConfigRefusedException {
    try {
      return ConfigText.read(path);
    } catch (NoSuchFileException e) {
      throw refused("", new ConfigRefusedException(Reason.NO_FILE, path + " is not there"));
    } catch (IOException e) {
      throw refused("", new ConfigRefusedException(Reason.NO_FILE, path + " cannot be read: " + e));
    }
  }

  private ConfigRefusedException refused(String hash, ConfigRefusedException why) {
    Attempt refused = new Attempt(Instant.now(), Origin.FILE.word, hash, Optional.of(why));
    state = new State(state.active, Optional.of(refused));
    return why;
  }

  private static Attempt attempt(Origin origin, String hash) {
    return new Attempt(Instant.now(), origin.word, hash, Optional.empty());
  }

  @Override
  public Change replace(String text, String expected, boolean rehearse)
      throws ConfigRefusedException {
    return exclusively(() -> written(new ConfigText(expected(expected), text), rehearse));
  }

  @Override
  public Change patch(String patch, String expected, boolean rehearse)
      throws ConfigRefusedException {
    return exclusively(() -> {
      ConfigText next = patched(expected(expected), patch);
      try {
        return written(next, rehearse);
      } catch (ConfigRefusedException e) {
        throw e.problems().isEmpty() ? e : e.noting(PATCHED);
      }
    });
  }

  private ConfigText patched(Path path, String patch) throws ConfigRefusedException {
    try {
      ConfigText before = ConfigText.read(path);
      Node changes = tree(YamlReader.read("patch", patch));
      Node tree = tree(source(before).read());
      return new ConfigText(path, ConfigPatch.apply(before.text(), tree, changes));
    } catch (IOException e) {
      throw new ConfigRefusedException(Reason.NO_FILE, "the file cannot be read: " + e);
    }
  }

  private static Node tree(YamlReader.Result read) throws ConfigRefusedException {
    return read.root()
        .orElseThrow(() ->
            new ConfigRefusedException(Reason.NOT_YAML, "this is not YAML", read.diagnostics()));
  }

  /** The file, when it says what the caller believes. */
  private Path expected(String expected) throws ConfigRefusedException {
    Path path = existing();
    String now = fileHash().orElse(active().valid.hash);
    if (!expected.equals(now)) {
      throw new ConfigRefusedException(Reason.CHANGED, "the file's hash is now " + now);
    }
    return path;
  }

  private Change written(ConfigText next, boolean rehearse) throws ConfigRefusedException {
    return rehearse ? rehearsed(next) : change(next, Origin.DEPLOYED);
  }

  @Override
  public Change rollback(String version) throws ConfigRefusedException {
    return exclusively(() -> {
      try {
        ConfigText text =
            new ConfigVersions(existing())
                .find(version)
                .orElseThrow(() ->
                    new ConfigRefusedException(
                        Reason.UNKNOWN_VERSION, "GET /config/router/versions lists those kept"));
        return change(text, Origin.KEPT);
      } catch (IOException e) {
        throw new ConfigRefusedException(Reason.DAMAGED_VERSION, String.valueOf(e.getMessage()));
      }
    });
  }

  /** Something that may be refused. */
  private interface Step {
    Change run() throws ConfigRefusedException;
  }

  private Change exclusively(Step step) throws ConfigRefusedException {
    if (!changing.tryLock()) {
      throw new ConfigRefusedException(Reason.BUSY, "another change is under way; try again");
    }
    try {
      return step.run();
    } finally {
      changing.unlock();
    }
  }

  private Path existing() throws ConfigRefusedException {
    return file.orElseThrow(() ->
        new ConfigRefusedException(
            Reason.NO_FILE, "the built-in starter runs; start with --config FILE to change it"));
  }

  private Change rehearsed(ConfigText text) throws ConfigRefusedException {
    Valid valid = valid(text, Origin.DEPLOYED);
    return told(active(), valid, Instant.now());
  }

  /** Puts a text to work. */
  private Change change(ConfigText text, Origin origin) throws ConfigRefusedException {
    Instant time = Instant.now();
    String hash = text.hash();
    try {
      Change change = changed(valid(text, origin), time, origin);
      LOG.log(Level.INFO, "config_reloaded version=" + change.version() + " source=" + origin.word);
      return change;
    } catch (ConfigRefusedException e) {
      Attempt refused = new Attempt(time, origin.word, hash, Optional.of(e));
      state = new State(state.active, Optional.of(refused));
      throw e;
    }
  }

  private Change changed(Valid next, Instant time, Origin origin) throws ConfigRefusedException {
    Active before = active();
    Activation.Prepared prepared = prepared(next);
    try {
      keep(before, next, time, origin);
    } catch (IOException e) {
      prepared.drop();
      throw new ConfigRefusedException(Reason.READ_ONLY, "the file cannot be written: " + e);
    }
    prepared.activate();
    state =
        new State(
            Optional.of(new Active(next, time)),
            Optional.of(new Attempt(time, origin.word, next.hash, Optional.empty())));
    return told(before, next, time);
  }

  private Activation.Prepared prepared(Valid next) throws ConfigRefusedException {
    try {
      return activation.prepare(next.config(), next.digest());
    } catch (StartException e) {
      String why = next.decoded.expanded().hide(String.valueOf(e.getMessage()));
      throw new ConfigRefusedException(Reason.NOT_ACTIVATED, why);
    }
  }

  /** Keeps the text before and the next; where only the process changes, that is no condition. */
  private void keep(Active before, Valid next, Instant time, Origin origin) throws IOException {
    ConfigVersions versions = new ConfigVersions(next.text.path());
    try {
      versions.add(before.valid.text, before.since, Origin.FILE.word);
      versions.add(next.text, time, origin.word);
    } catch (IOException e) {
      if (origin.isWritten) {
        throw e;
      }
      LOG.log(Level.WARNING, "config_version_not_kept file=" + next.text.path(), e);
    }
    if (origin.isWritten) {
      versions.restore(next.text);
    }
  }

  private static Change told(Active before, Valid next, Instant time) {
    List<Difference> differences = ConfigDiff.between(before.valid.document, next.document);
    return new Change(
        ConfigVersions.id(time, next.hash),
        before.version(),
        next.decoded.diagnostics(),
        differences);
  }

  private Valid valid(ConfigText text, Origin origin) throws ConfigRefusedException {
    Node document = tree(source(text).read());
    ServeOptions read = options.withStrict(options.strict() || origin.isStrict);
    Decoded decoded = decode(read, source(text), environment);
    if (decoded.config().isEmpty() || isRefused(options, decoded)) {
      throw new ConfigRefusedException(
          Reason.INVALID,
          "the configuration cannot be used: "
              + decoded.diagnostics().stream()
                  .filter(problem -> problem.severity() != Severity.WARNING)
                  .count()
              + " problem(s)",
          decoded.diagnostics());
    }
    RouterConfig config = decoded.config().get();
    String moved = MovedSockets.between(active().valid.config(), config);
    if (!moved.isEmpty()) {
      throw new ConfigRefusedException(
          Reason.NOT_ACTIVATED, decoded.expanded().hide(moved) + ": restart to open other sockets");
    }
    return new Valid(text, document, decoded);
  }

  /** Reads a configuration as the options want it. */
  static Decoded decode(
      ServeOptions options, ConfigSource source, Function<String, Optional<String>> environment) {
    return source.load(options.strict(), options.compatibility(), environment);
  }

  /** Whether a configuration must not be served. */
  static boolean isRefused(ServeOptions options, Decoded decoded) {
    return decoded.has(Severity.ERROR)
        || (decoded.has(Severity.UNSUPPORTED) && !options.allowUnsupported());
  }

  @Override
  public Status status() {
    State seen = state;
    Active now = seen.active.orElseThrow(ManageException::notReady);
    return new Status(
        now.valid.hash, now.valid.digest(), now.version(), now.since, fileHash(), seen.last);
  }

  private Optional<String> fileHash() {
    if (file.isEmpty()) {
      return state.active.map(active -> active.valid.hash);
    }
    try {
      return Optional.of(ConfigText.read(file.get()).hash());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public AtWork atWork() {
    Valid now = active().valid;
    return new AtWork(Redaction.of(now.document), now.config(), now.decoded.expanded());
  }

  @Override
  public List<ConfigVersions.Version> versions() throws IOException {
    return file.isEmpty() ? List.of() : new ConfigVersions(file.get()).list();
  }

  @Override
  public void close() {
    watch.ifPresent(ConfigWatch::close);
  }
}
