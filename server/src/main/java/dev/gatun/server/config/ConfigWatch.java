package dev.gatun.server.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells when a configuration file has changed: once it has been left alone for a while, so that a
 * file that is written in pieces is read once (spec config §1.5). The folder is watched, since
 * editors replace the file, and so does a Kubernetes volume, by way of a link; so are the folders
 * that links lead to. The file itself is looked at now and then, for file systems that report
 * nothing.
 */
public final class ConfigWatch implements AutoCloseable {
  private static final Duration QUIET = Duration.ofMillis(300);

  /** A file that never comes to rest is read all the same. */
  private static final Duration UNREST_MAX = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofSeconds(5);

  /** Links to links that are followed, as systems bound them. */
  private static final int LINKS_MAX = 40;

  /** What of a file changes when it is written or replaced. */
  private record Stamp(FileTime written, long bytes, String key) {}

  private final Path file;
  private final Runnable changed;
  private final Duration look;
  private final WatchService service;
  private final Map<WatchKey, Set<Path>> names = new HashMap<>();
  private Optional<Stamp> seen;

  /**
   * Watches from now on.
   *
   * @param changed runs on a thread of the watch, one at a time; must not throw
   */
  public ConfigWatch(Path file, Runnable changed) {
    this(file, changed, LOOK);
  }

  /** Watches, and looks at the file itself as often as this. */
  ConfigWatch(Path file, Runnable changed, Duration look) {
    this.look = look;
    this.file = file.toAbsolutePath();
    this.changed = changed;
    this.seen = stamp();
    try {
      service = this.file.getFileSystem().newWatchService();
      watchFolder(this.file);
      followLinks();
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of " + file + " cannot be watched", e);
    }
    Thread.ofPlatform().name("gatun-config-watch").daemon().start(this::watch);
  }

  private void watch() {
    try {
      while (true) {
        followLinks();
        await(look);
        if (!stamp().equals(seen)) {
          settle();
          seen = stamp();
          changed.run();
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException e) {
      // Closed: nobody wants to know any more.
    }
  }

  /** Returns when the file has been left alone. */
  private void settle() throws InterruptedException {
    long start = System.nanoTime();
    followLinks();
    while (await(QUIET) && System.nanoTime() - start < UNREST_MAX.toNanos()) {}
  }

  /** Waits for an event of the file; others in its folder do not count. False when none came. */
  private boolean await(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (true) {
      WatchKey key = service.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (key == null) {
        return false;
      }
      boolean ours = key.pollEvents().stream().anyMatch(event -> isOurs(key, event));
      key.reset();
      if (ours) {
        return true;
      }
    }
  }

  /** Links of a Kubernetes volume begin with two dots; an overflow may hide anything. */
  private boolean isOurs(WatchKey key, WatchEvent<?> event) {
    return !(event.context() instanceof Path name)
        || names.getOrDefault(key, Set.of()).contains(name)
        || name.toString().startsWith("..");
  }

  /**
   * Watches the folders of whatever the file is a link to, too: who writes the target changes
   * nothing in the folder of the link. Links may point elsewhere since the last time.
   */
  private void followLinks() {
    Map<WatchKey, Set<Path>> before = Map.copyOf(names);
    names.clear();
    Path place = file;
    try {
      watchFolder(place);
      for (int i = 0; i < LINKS_MAX && Files.isSymbolicLink(place); i++) {
        place = place.resolveSibling(Files.readSymbolicLink(place));
        watchFolder(place);
      }
    } catch (IOException e) {
      // A link to nowhere: what is there on the way to it is watched.
      before.forEach(names::putIfAbsent);
    }
    before.keySet().stream().filter(key -> !names.containsKey(key)).forEach(WatchKey::cancel);
  }

  private void watchFolder(Path place) throws IOException {
    Path folder = Objects.requireNonNull(place.getParent()).toRealPath();
    WatchKey key =
        folder.register(
            service,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);
    names.computeIfAbsent(key, _ -> new HashSet<>()).add(place.getFileName());
  }

  /** Empty when there is no such file, or nobody may look. */
  private Optional<Stamp> stamp() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey())));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
