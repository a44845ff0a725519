package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final long PATIENCE_S = 60;

  @TempDir private Path folder;

  /** Who writes the target changes nothing in the folder of the link. */
  @Test
  void theTargetOfALinkIsWatchedWhereItIs() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path other = Files.createDirectory(folder.resolve("other"));
    Path links = Files.createDirectory(folder.resolve("links"));
    Path target = Files.writeString(real.resolve("c.yaml"), "one");
    Path next = Files.writeString(other.resolve("d.yaml"), "one, too");
    Path middle = Files.createSymbolicLink(folder.resolve("middle.yaml"), Path.of("real/c.yaml"));
    Path link = Files.createSymbolicLink(links.resolve("e.yaml"), Path.of("../middle.yaml"));
    BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();
    try (ConfigWatch _ = new ConfigWatch(link, () -> changes.add(true), NEVER)) {
      Files.writeString(target, "two, longer");
      await(changes);
      Files.move(
          Files.createSymbolicLink(folder.resolve("new"), next),
          middle,
          StandardCopyOption.ATOMIC_MOVE);
      await(changes);
      Files.writeString(next, "three, longer again");
      await(changes);
    }
  }

  @Test
  void aLinkToNowhereIsWatchedUntilItLeadsSomewhere() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path links = Files.createDirectory(folder.resolve("links"));
    Path link = Files.createSymbolicLink(links.resolve("e.yaml"), Path.of("../real/c.yaml"));
    BlockingQueue<Boolean> changes = new LinkedBlockingQueue<>();
    try (ConfigWatch _ = new ConfigWatch(link, () -> changes.add(true), NEVER)) {
      Files.writeString(real.resolve("c.yaml"), "here");
      await(changes);
    }
  }

  private static void await(BlockingQueue<Boolean> changes) throws InterruptedException {
    assertNotNull(changes.poll(PATIENCE_S, TimeUnit.SECONDS));
  }
}
