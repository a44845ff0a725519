package dev.gatun.server.conformance;

import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.SignalRule;
import java.util.List;
import java.util.Optional;

/** Reads rules as the loader does, from the smallest file that has them. */
record Rules(Compatibility compatibility) {
  private static final Position PLACE = new Position("case", 1, 1);

  /**
   * The rules of one kind.
   *
   * @param key where a file declares them, under {@code routing.signals}
   * @throws Refused when the loader does not accept them
   */
  <R extends SignalRule> List<R> signals(String key, Node rules, Class<R> kind) {
    return config(mapping("routing", mapping("signals", mapping(key, rules))))
        .routing()
        .signals()
        .of(kind);
  }

  /**
   * Checks the rules of one kind as a server does that is to start with them.
   *
   * @throws Refused when it does not load them, or loads them and does not start
   */
  void requireStart(String key, Node rules) {
    String path = "routing.signals." + key;
    Decoded decoded =
        ConfigDecoder.decode(
            mapping("routing", mapping("signals", mapping(key, rules))), options());
    List<String> stopping =
        decoded.diagnostics().stream()
            .filter(problem -> problem.severity() != Severity.WARNING)
            .filter(problem -> problem.key().startsWith(path))
            .map(Diagnostic::render)
            .toList();
    if (!stopping.isEmpty() || decoded.config().isEmpty()) {
      throw stopping.isEmpty() ? Refused.of(decoded.diagnostics()) : new Refused(stopping);
    }
  }

  /**
   * A whole file.
   *
   * @throws Refused when the loader does not accept it
   */
  RouterConfig config(Node document) {
    Decoded decoded = ConfigDecoder.decode(document, options());
    return decoded.config().orElseThrow(() -> Refused.of(decoded.diagnostics()));
  }

  /** As {@code serve} reads, with an empty environment. */
  DecodeOptions options() {
    return new DecodeOptions(false, Optional.of(compatibility), _ -> Optional.empty());
  }

  static Node list(List<Input> items) {
    return new Node.Sequence(PLACE, items.stream().map(Input::node).toList());
  }

  /** A value under keys, the innermost first. */
  static Node inside(Node value, String... keys) {
    Node outer = value;
    for (String key : keys) {
      outer = mapping(key, outer);
    }
    return outer;
  }

  private static Node.Mapping mapping(String key, Node value) {
    return new Node.Mapping(PLACE, List.of(new Node.Entry(PLACE, key, value)));
  }
}
