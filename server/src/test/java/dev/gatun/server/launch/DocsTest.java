package dev.gatun.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gatun.router.config.Diagnostic;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.launch.Launched.Ended;
import dev.gatun.server.launch.Launched.Place;
import dev.gatun.server.launch.Launched.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * README.md and docs/: every {@code sh} block runs, line by line, in one folder per document, and
 * every {@code yaml} block is a configuration that validates. A {@code yaml} block is saved as
 * config.yaml for the commands after it. {@code ./gatun serve} starts a server that the later
 * commands of the document talk to. Other blocks (output, requests, layouts) are not commands.
 */
class DocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** Steps that this test run has behind it or cannot repeat; their words are checked by help. */
  private static final Pattern ALREADY_DONE =
      Pattern.compile("git clone \\S+|cd [\\w-]+|\\.ci/run|\\./gatun (build|test|dist)");

  @TempDir private Path temporary;

  @TestFactory
  Stream<DynamicTest> everyDocument() throws IOException {
    Path root = Launched.root();
    List<Path> documents = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents.stream()
        .filter(Files::exists)
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
  }

  private void run(Path document) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve(document.getFileName().toString()));
    Optional<Running> server = Optional.empty();
    try {
      Matcher block = BLOCK.matcher(Files.readString(document));
      while (block.find()) {
        switch (block.group(1)) {
          case "yaml" -> validate(Files.writeString(folder.resolve("config.yaml"), block.group(2)));
          case "sh" -> {
            for (String command : commands(block.group(2))) {
              server = run(folder, command, server);
            }
          }
          default -> {}
        }
      }
    } finally {
      server.ifPresent(Running::close);
    }
  }

  private static void validate(Path file) {
    var decoded = new ConfigSource.OfFile(file).load(true, Optional.empty(), DocsTest::variable);
    assertFalse(
        decoded.has(Diagnostic.Severity.ERROR),
        () -> String.join("\n", decoded.diagnostics().stream().map(Diagnostic::render).toList()));
  }

  /** Keys that a document reads from the environment have some value in a test. */
  private static Optional<String> variable(String name) {
    Optional<String> set = ConfigFile.environment(name);
    return name.endsWith("_KEY") ? set.or(() -> Optional.of("set-for-the-test")) : set;
  }

  private static List<String> commands(String block) {
    return block
        .replace("\\\n", " ")
        .lines()
        .map(line -> line.replaceFirst("\\s+#\\s.*$", "").strip())
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private Optional<Running> run(Path folder, String command, Optional<Running> server) {
    if (ALREADY_DONE.matcher(command).matches()) {
      return server;
    }
    Place place = Place.of(folder);
    String launcher = "'" + Launched.root().resolve("gatun") + "'";
    String line =
        command.replaceAll("(^|\\s|\\|)\\./gatun\\b", "$1" + Matcher.quoteReplacement(launcher));
    if (command.startsWith("./gatun serve")) {
      server.ifPresent(Running::close);
      return Optional.of(
          place.serve("bash", "-c", "exec " + line + " --port 0 --management-port 0"));
    }
    if (server.isPresent()) {
      line = redirected(line, server.get());
    }
    Ended ended = place.run("bash", "-e", "-o", "pipefail", "-c", line);
    assertEquals(0, ended.status(), command + "\n" + ended.out() + ended.err());
    return server;
  }

  /** The document's ports are the customary ones; the test's server has free ones. */
  private static String redirected(String line, Running server) {
    String there =
        line.replaceAll("(http://)?(localhost|127\\.0\\.0\\.1):8899", server.data())
            .replaceAll("(http://)?(localhost|127\\.0\\.0\\.1):8080", server.management());
    if (there.contains("gatun' chat") && !there.contains("--url")) {
      there += " --url " + server.data();
    }
    if (there.contains("gatun' eval") && !there.contains("--input")) {
      there += " --endpoint " + server.management();
    }
    return there;
  }
}
