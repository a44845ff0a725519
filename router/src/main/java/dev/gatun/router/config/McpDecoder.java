package dev.gatun.router.config;

import dev.gatun.router.config.McpTool.Transport;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code global.model_catalog.modules.classifier.mcp} (spec config §7.5). */
final class McpDecoder {
  private static final String TRANSPORT = "transport_type";
  private static final String COMMAND = "command";
  private static final String URL = "url";
  private static final String TOOL = "tool_name";
  private static final String ENVIRONMENT = "env";
  private static final List<String> SCHEMES = List.of("http", "https");
  private static final List<String> OF_PROCESS = List.of(COMMAND, "args", ENVIRONMENT);

  private static final String STDIO = "stdio";
  private static final String STREAMABLE = "streamable-http";
  private static final String SSE = "sse";

  /** How a server is reached, with the words that upstream knows. */
  static final List<String> TRANSPORTS = List.of(STDIO, STREAMABLE, "streamable_http", "http", SSE);

  private McpDecoder() {}

  static Section section(Section catalog) {
    return catalog.section("modules").section("classifier").section("mcp");
  }

  /** The tool, when it is to be asked and all is there for it; what is missing is reported. */
  static Optional<McpTool> tool(Section catalog, Compatibility compatibility) {
    Section mcp = section(catalog);
    if (!mcp.flag("enabled", false)) {
      if (!mcp.has("enabled") && (mcp.has(TOOL) || mcp.has(COMMAND) || mcp.has(URL))) {
        mcp.warning("enabled", "the tool is not asked", "write enabled: true");
      }
      return Optional.empty();
    }
    if (compatibility == Compatibility.UPSTREAM_0_3) {
      mcp.warning(
          "enabled",
          "the tool is not asked: v0.3 does not route by it",
          "write global.router.compatibility: gatun");
      return Optional.empty();
    }
    Optional<String> name = mcp.text(TOOL);
    if (name.isEmpty()) {
      mcp.unnoticed(TOOL, "no tool is named", "write the name that the server gives its tool");
    }
    Duration timeout =
        mcp.integer("timeout_seconds").stream()
            .mapToObj(Duration::ofSeconds)
            .findFirst()
            .orElse(McpTool.TIMEOUT);
    Optional<Transport> transport = transport(mcp);
    return transport.flatMap(to -> name.map(tool -> new McpTool(to, tool, timeout)));
  }

  /**
   * Whether the local classifier of domains is asked, too: not when the file says that there is
   * none.
   */
  static boolean hasLocal(Section catalog) {
    Section domain = catalog.section("modules").section("classifier").section("domain");
    boolean none =
        domain.writtenText("model_ref").filter(String::isEmpty).isPresent()
            || catalog
                .section("system")
                .writtenText("domain_classifier")
                .filter(String::isEmpty)
                .isPresent();
    return domain.text("model_id").isPresent() || !none;
  }

  private static Optional<Transport> transport(Section mcp) {
    Optional<String> word = mcp.word(TRANSPORT).map(w -> w.toLowerCase(Locale.ROOT));
    if (mcp.text(TRANSPORT).isPresent() && word.isEmpty()) {
      return Optional.empty();
    }
    boolean hasCommand = mcp.text(COMMAND).isPresent();
    boolean hasUrl = mcp.text(URL).isPresent();
    if (word.isEmpty() && hasCommand == hasUrl) {
      mcp.unnoticed(
          TRANSPORT,
          hasUrl
              ? "a command and a url are written: which one is meant?"
              : "nothing says how the server is reached",
          "write stdio and a command, or streamable-http and a url");
      return Optional.empty();
    }
    String chosen = word.orElse(hasCommand ? STDIO : STREAMABLE);
    if (chosen.equals(STDIO)) {
      withoutEffect(mcp, URL, "the server is a process of the router's own");
      return process(mcp);
    }
    OF_PROCESS.forEach(key -> withoutEffect(mcp, key, "the server is reached by its url"));
    return http(mcp, chosen.equals(SSE));
  }

  private static void withoutEffect(Section mcp, String key, String why) {
    if (mcp.has(key)) {
      mcp.warning(key, "this key has no effect: " + why, "remove it");
    }
  }

  private static Optional<Transport> process(Section mcp) {
    Optional<String> command = mcp.text(COMMAND);
    if (command.isEmpty()) {
      mcp.unnoticed(COMMAND, "a server over stdio needs a command", "write the program to start");
      return Optional.empty();
    }
    Map<String, Secret> environment = new HashMap<>();
    mcp.textsByKey(ENVIRONMENT).forEach((name, value) -> environment.put(name, new Secret(value)));
    List<String> arguments = mcp.texts("args");
    if (environment.keySet().stream().anyMatch(name -> name.isEmpty() || name.contains("="))) {
      mcp.unnoticed(ENVIRONMENT, "this is no name of a variable", "write NAME: value");
      return Optional.empty();
    }
    boolean hasZero =
        command.filter(McpDecoder::hasZero).isPresent()
            || arguments.stream().anyMatch(McpDecoder::hasZero)
            || environment.entrySet().stream()
                .anyMatch(e -> hasZero(e.getKey()) || hasZero(e.getValue().reveal()));
    if (hasZero) {
      mcp.unnoticed(COMMAND, "no process can be given a zero character", "remove it");
      return Optional.empty();
    }
    return Optional.of(new Transport.Stdio(command.get(), arguments, environment));
  }

  private static boolean hasZero(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static Optional<Transport> http(Section mcp, boolean streams) {
    Optional<String> written = mcp.text(URL);
    if (written.isEmpty()) {
      mcp.unnoticed(
          URL, "a server on the network needs a url", "write http://host:port/path or https://…");
      return Optional.empty();
    }
    Optional<Transport> transport = written.flatMap(url -> server(url.strip(), streams));
    if (transport.isEmpty()) {
      mcp.unnoticed(
          URL,
          "this is no address of a server",
          "write http://host:port/path or https://…, without a user and without #");
    }
    return transport;
  }

  private static Optional<Transport> server(String url, boolean streams) {
    int scheme = url.indexOf("://");
    boolean isHttp =
        scheme > 0 && SCHEMES.contains(url.substring(0, scheme).toLowerCase(Locale.ROOT));
    if (!isHttp
        || !url.chars().allMatch(c -> c > ' ' && c <= '~' && "#\"<>\\^`{|}".indexOf(c) < 0)) {
      return Optional.empty();
    }
    int query = url.indexOf('?') < 0 ? url.length() : url.indexOf('?');
    int path = url.indexOf('/', scheme + "://".length());
    String resource = url.substring(path < 0 ? query : Math.min(path, query));
    return Target.parse(url.substring(0, query), "")
        .filter(Target::isPlain)
        // An address with colons that is not in brackets ends with something that is no port.
        .filter(target -> target.host().indexOf(':') < 0 || url.indexOf('[') > 0)
        .map(target -> new Transport.Http(target, resource, streams));
  }
}
