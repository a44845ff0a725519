package dev.gatun.server.manage;

import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Difference;
import dev.gatun.router.config.Expanded;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.server.config.ConfigPatch;
import dev.gatun.server.config.ConfigVersions.Version;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The configuration of the process, for whoever may read and replace it. */
public interface Configurations {
  /**
   * What is at work and what the file says.
   *
   * @param active SHA-256 of the text at work
   * @param configHash names its meaning in traces
   * @param version its id
   * @param since when it was put to work
   * @param file SHA-256 of what the file says now; empty when it cannot be read
   * @param last the last time that the file or a caller asked for another one
   */
  record Status(
      String active,
      String configHash,
      String version,
      Instant since,
      Optional<String> file,
      Optional<Attempt> last) {}

  /**
   * An attempt to put a text to work.
   *
   * @param refusal why it is not at work; empty when it is
   */
  record Attempt(
      Instant time, String source, String hash, Optional<ConfigRefusedException> refusal) {}

  /**
   * A text that was put to work, or could be.
   *
   * @param version its id
   * @param previous id of the one before
   * @param problems warnings, and uses of what this build does not run
   * @param differences from the one before
   */
  record Change(
      String version, String previous, List<Diagnostic> problems, List<Difference> differences) {}

  Status status();

  /**
   * What is at work, all of it of one moment.
   *
   * @param document the text as a tree without its secrets
   * @param expanded hides what came from the environment
   */
  record AtWork(Node document, RouterConfig config, Expanded expanded) {}

  /** The configuration at work. */
  AtWork atWork();

  /** Those kept, the newest first. */
  List<Version> versions() throws IOException;

  /**
   * Writes a text into the file and puts it to work, or only looks whether that could be done.
   *
   * @param expected SHA-256 of what the caller believes the file to say
   * @param rehearse whether everything stays as it is
   * @throws ConfigRefusedException when the text at work stays; then the file is as it was, too
   */
  Change replace(String text, String expected, boolean rehearse) throws ConfigRefusedException;

  /**
   * The same with the text of the file, of which parts are changed; see {@link ConfigPatch}.
   *
   * @param patch YAML
   * @throws ConfigRefusedException as {@link #replace}, and when the patch cannot be read
   */
  Change patch(String patch, String expected, boolean rehearse) throws ConfigRefusedException;

  /**
   * The same with the text of a version.
   *
   * @throws ConfigRefusedException as {@link #replace}
   */
  Change rollback(String version) throws ConfigRefusedException;
}
