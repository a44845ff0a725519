package dev.gatun.router.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who can reach a router, and who can read what it sends, where it serves real users. */
final class ExposureCheck {
  private static final String KEY = "api_key";
  private static final String KEY_ENV = "api_key_env";

  private ExposureCheck() {}

  static void of(Section root) {
    if (root.sections("listeners").isEmpty()) {
      root.warning(
          "listeners",
          "without listeners anybody who can reach this machine can use all models",
          "write one with api_keys, or with an address that only its callers can reach");
    }
    root.sections("listeners").forEach(ExposureCheck::listener);
    for (Section model : root.section("providers").sections("models")) {
      model.sections("backend_refs").forEach(ExposureCheck::backend);
    }
    for (Section model : ExternalDecoder.catalog(root).sections("external")) {
      Section endpoint = model.section("llm_endpoint");
      endpoint
          .text("address")
          .flatMap(address -> Target.parse(address, endpoint.word("protocol").orElse("")))
          .filter(_ -> model.has("access_key"))
          .ifPresent(target -> unencrypted(endpoint, "address", target));
    }
    Section remote = RemoteEmbeddingsDecoder.section(root).section("remote");
    remote
        .text("base_url")
        .flatMap(url -> Target.parse(url, ""))
        .filter(_ -> remote.has(KEY_ENV))
        .ifPresent(target -> unencrypted(remote, "base_url", target));
  }

  private static void listener(Section listener) {
    String address = listener.text("address").orElse("0.0.0.0");
    boolean isOpen =
        listener.scalars("api_keys").isEmpty()
            && !listener.word("auth").orElse("none").equals("jwt");
    if (isLoopback(address) || !isOpen) {
      return;
    }
    listener.warning(
        "address",
        "anybody who can reach this address can use all models",
        "write api_keys, or 127.0.0.1 behind something that knows its callers");
    if (listener.flag("trust_identity_headers", false)) {
      listener.warning(
          "trust_identity_headers",
          "anybody who can reach this address can claim to be anybody",
          "write api_keys for the gateway that sets these headers");
    }
  }

  private static void backend(Section backend) {
    String key = backend.text("base_url").isPresent() ? "base_url" : "endpoint";
    Optional<Target> target =
        backend
            .text(key)
            .flatMap(written -> Target.parse(written, backend.word("protocol").orElse("")));
    if (backend.has(KEY) || backend.has(KEY_ENV)) {
      target.ifPresent(found -> unencrypted(backend, key, found));
    }
  }

  private static void unencrypted(Section section, String key, Target target) {
    if (!target.tls() && !isLoopback(target.host())) {
      section.warning(
          key,
          "requests and their key go to \""
              + ShownAddress.of(target.host(), "address")
              + "\" unencrypted",
          "use https, or take the key away where the network is your own");
    }
  }

  /** Whether this is the address of more than the machine itself; what a name means, is open. */
  static boolean isReachable(String address) {
    boolean isNumber =
        address.indexOf(':') >= 0
            || address.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    return isNumber && !isLoopback(address);
  }

  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return List.of("localhost", "::1", "[::1]").contains(name) || name.startsWith("127.");
  }
}
