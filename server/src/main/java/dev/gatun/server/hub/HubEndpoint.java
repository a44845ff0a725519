package dev.gatun.server.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which hub, and who asks. The token is a secret: it goes to the host and port of {@code base} and
 * nowhere else, never unencrypted over a network, and is never printed.
 *
 * @param base address without a slash at its end
 * @param token shown to the hub as a bearer token
 */
public record HubEndpoint(URI base, Optional<String> token) {
  /** Names another hub than the public one. */
  public static final String ENDPOINT_VARIABLE = "HF_ENDPOINT";

  /** Holds the token for repositories that are not public. */
  public static final String TOKEN_VARIABLE = "HF_TOKEN";

  private static final String PUBLIC = "https://huggingface.co";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  public HubEndpoint {
    if (!isWeb(base) || base.getRawUserInfo() != null || base.getRawQuery() != null) {
      throw new HubException(
          ENDPOINT_VARIABLE + "=" + base + " is not an address such as " + PUBLIC);
    }
    if (token.isPresent() && !isPrivate(base)) {
      throw new HubException(
          TOKEN_VARIABLE
              + " is not sent unencrypted: use https in "
              + ENDPOINT_VARIABLE
              + ", or unset the token");
    }
    if (token.filter(text -> !text.chars().allMatch(c -> c > ' ' && c < 127)).isPresent()) {
      throw new HubException(TOKEN_VARIABLE + " holds characters that no token has");
    }
  }

  /** As the environment says. */
  public static HubEndpoint of(Function<String, Optional<String>> environment) {
    String base =
        environment.apply(ENDPOINT_VARIABLE).filter(text -> !text.isBlank()).orElse(PUBLIC);
    try {
      return new HubEndpoint(
          new URI(base.strip().replaceFirst("/+$", "")),
          environment.apply(TOKEN_VARIABLE).map(String::strip).filter(text -> !text.isEmpty()));
    } catch (URISyntaxException e) {
      throw new HubException(
          ENDPOINT_VARIABLE + "=" + base + " is not an address such as " + PUBLIC, e);
    }
  }

  /** Whether an address may see the token: same scheme, host and port. */
  boolean owns(URI address) {
    return base.getScheme().equalsIgnoreCase(address.getScheme())
        && base.getHost().equalsIgnoreCase(address.getHost())
        && port(base) == port(address);
  }

  /** Whether an address is one of the web with a host. */
  static boolean isWeb(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    return address.getHost() != null && (scheme.equals("https") || scheme.equals("http"));
  }

  private static boolean isPrivate(URI address) {
    return address.getScheme().equalsIgnoreCase("https")
        || LOOPBACK.contains(address.getHost().toLowerCase(Locale.ROOT));
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  /** Without the token. */
  @Override
  public String toString() {
    return base + (token.isPresent() ? " (with a token)" : "");
  }
}
