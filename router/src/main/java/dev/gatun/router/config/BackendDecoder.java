package dev.gatun.router.config;

import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.model.Secret;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code backend_refs}: everything about an address is decided here, at load. */
final class BackendDecoder {
  private final Function<String, Optional<String>> environment;

  BackendDecoder(Function<String, Optional<String>> environment) {
    this.environment = environment;
  }

  /**
   * Reads one backend.
   *
   * @param index 0-based place in the list, for its default name
   * @return empty when it cannot be reached; the report says why
   */
  Optional<Backend> backend(Section section, int index, String upstreamModel) {
    ProviderType provider = provider(section);
    Optional<Target> target = target(section);
    String header = section.text("auth_header").orElse(provider.authHeader());
    checkHeader(section, "auth_header", header);
    return target.map(address ->
        new Backend(
            section.text("name").orElse(index == 0 ? "primary" : "backend-" + (index + 1)),
            address,
            Math.max(1, section.integer("weight").orElse(1)),
            provider.word(),
            chatPath(section, provider, address),
            upstreamModel,
            header,
            section.writtenText("auth_prefix").orElse(provider.authPrefix()).strip(),
            apiKey(section),
            extraHeaders(section)));
  }

  private static ProviderType provider(Section section) {
    String word = section.text("provider").orElse(ProviderType.OPENAI.word());
    Optional<ProviderType> type = ProviderType.of(word);
    if (type.isEmpty()) {
      section.unnoticed(
          "provider",
          "\"" + word + "\" is no provider",
          Report.didYouMean(
              word,
              ProviderType.words(),
              "write one of " + String.join(", ", ProviderType.words())));
    }
    return type.orElse(ProviderType.OPENAI);
  }

  private static Optional<Target> target(Section section) {
    String key = section.text("base_url").isPresent() ? "base_url" : "endpoint";
    Optional<String> written = section.text(key);
    if (written.isEmpty()) {
      section.error(
          "endpoint",
          "the backend has no address",
          "write endpoint: host:port or base_url: https://host/v1");
      return Optional.empty();
    }
    if (Target.userEnd(written.get()) >= 0) {
      section.unnoticed(
          key,
          "the address holds a user, and a password perhaps, which are sent nowhere",
          "write the address without them, and the backend's key under api_key");
      return Optional.empty();
    }
    String scheme = schemeOf(written.get());
    Optional<Target> target = Target.parse(written.get(), section.word("protocol").orElse(""));
    if (target.filter(Target::isPossible).isEmpty()
        || !(scheme.isEmpty() || scheme.equals("http") || scheme.equals("https"))) {
      section.unnoticed(
          key,
          "not an address that can be reached over http or https",
          "write for example 10.0.0.5:8000 or https://host/v1");
      return Optional.empty();
    }
    return target;
  }

  private static String schemeOf(String url) {
    int end = url.indexOf("://");
    return end < 0 ? "" : url.substring(0, end).strip().toLowerCase(Locale.ROOT);
  }

  private static String chatPath(Section section, ProviderType provider, Target target) {
    Optional<String> written = section.text("chat_path");
    if (written.isPresent()) {
      return written.get().startsWith("/") ? written.get() : "/" + written.get();
    }
    String path = provider.chatPath(target.path(), section.text("base_url").isPresent());
    Optional<String> version = section.text("api_version");
    return provider == ProviderType.AZURE_OPENAI && version.isPresent()
        ? path + "?api-version=" + version.get()
        : path;
  }

  private Optional<Secret> apiKey(Section section) {
    Optional<Secret> literal = section.secret("api_key");
    Optional<String> variable = section.text("api_key_env");
    if (literal.isPresent() || variable.isEmpty()) {
      return literal;
    }
    Optional<Secret> key =
        environment.apply(variable.get()).filter(value -> !value.isEmpty()).map(Secret::new);
    if (key.isEmpty()) {
      section.warning(
          "api_key_env",
          "the environment variable \"" + variable.get() + "\" is not set, so no key will be sent",
          "set it before the start");
    }
    return key;
  }

  private static Map<String, Secret> extraHeaders(Section section) {
    Map<String, Secret> headers = new LinkedHashMap<>();
    section
        .textsByKey("extra_headers")
        .forEach((name, value) -> {
          checkHeader(section, "extra_headers", name);
          if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            section.error(
                "extra_headers",
                "the value of " + name + " has a line break",
                "write it on one line");
          }
          headers.put(name, new Secret(value));
        });
    return headers;
  }

  private static void checkHeader(Section section, String key, String name) {
    if (!HeaderName.isValid(name)) {
      section.error(
          key,
          "\"" + name + "\" is no name of an HTTP header",
          "use letters, digits and hyphens only");
    }
  }
}
