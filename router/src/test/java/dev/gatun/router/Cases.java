package dev.gatun.router;

import dev.gatun.router.config.Documents;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Language-neutral cases that lie beside the checkout, when they do. */
public final class Cases {
  private static final Path FOLDER =
      Path.of(System.getProperty("gatun.home", ".")).resolve("../shared/conformance").normalize();

  private Cases() {}

  /** One case; its parts are read as configuration nodes. */
  public record Case(String id, String kind, Node.Mapping input, Node.Mapping expect) {
    public Node input(String key) {
      return input.value(key).orElse(empty());
    }
  }

  /** The cases of a file, or none, with a line that says so, when the folder is absent. */
  public static List<Case> of(String file) throws IOException {
    Path path = FOLDER.resolve(file);
    if (!Files.exists(path)) {
      System.out.println("skipped: " + file + " (../shared not present)");
      return List.of();
    }
    List<Case> cases = new ArrayList<>();
    for (String line : Files.readAllLines(path)) {
      Node.Mapping all = (Node.Mapping) Documents.yaml(line);
      if (text(all, "contract").equals("v0.3-defect")) {
        continue;
      }
      cases.add(
          new Case(
              text(all, "id"),
              text(all, "kind"),
              (Node.Mapping) all.value("input").orElseThrow(),
              (Node.Mapping) all.value("expect").orElseThrow()));
    }
    return cases;
  }

  /** Whole configuration files and what v0.3 makes of them, by their path. */
  public static Map<String, Node> files() throws IOException {
    Path path = FOLDER.resolve("config/files.json");
    if (!Files.exists(path)) {
      System.out.println("skipped: config/files.json (../shared not present)");
      return Map.of();
    }
    Map<String, Node> files = new TreeMap<>();
    Node.Mapping all = (Node.Mapping) Documents.yaml(Files.readString(path));
    all.entries().forEach(entry -> files.put(entry.key(), entry.value()));
    return files;
  }

  public static String read(String file) throws IOException {
    return Files.readString(FOLDER.resolve(file));
  }

  public static String text(Node node, String key) {
    return at(node, key) instanceof Node.Scalar scalar ? scalar.text() : "";
  }

  public static boolean flag(Node node, String key) {
    return text(node, key).equals("true");
  }

  public static double number(Node node, String key) {
    String text = text(node, key);
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  public static Node at(Node node, String key) {
    return node instanceof Node.Mapping mapping ? mapping.value(key).orElse(empty()) : empty();
  }

  public static boolean has(Node node, String key) {
    return node instanceof Node.Mapping mapping && mapping.value(key).isPresent();
  }

  public static List<Node> items(Node node) {
    return node instanceof Node.Sequence sequence ? sequence.items() : List.of();
  }

  public static List<String> texts(Node node) {
    return items(node).stream().map(item -> ((Node.Scalar) item).text()).toList();
  }

  private static Node empty() {
    return Node.Scalar.plain(new Position("case", 1, 1), "");
  }
}
