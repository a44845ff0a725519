package dev.gatun.server.upstream;

import dev.gatun.router.config.Providers;
import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.config.Providers.Model;
import dev.gatun.server.upstream.UpstreamException.Unreachable;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The backends of all models, and calls to one of them. Traffic is spread by weight; when nothing
 * could be sent because a backend cannot be reached, another backend of the same model is tried.
 */
public final class Backends {
  /** Backends tried for one request, the first included. */
  private static final int ATTEMPTS_MAX = 3;

  private final Upstream upstream;
  private final Map<String, SmoothWeights> balances = new HashMap<>();

  public Backends(Upstream upstream, Providers providers) {
    this.upstream = upstream;
    for (Model model : providers.models()) {
      List<Integer> weights = model.backends().stream().map(Backend::weight).toList();
      balances.put(model.name(), new SmoothWeights(weights));
    }
  }

  /**
   * Calls a backend of a model and waits for its response headers.
   *
   * @param model with at least one backend
   * @param headers of the client, already cleaned; a backend's own headers replace them
   * @param body the request body for a backend
   */
  public UpstreamReply call(Model model, List<HeaderLine> headers, Function<Backend, byte[]> body)
      throws UpstreamException, InterruptedException {
    SmoothWeights balance = balances.get(model.name());
    if (balance == null || model.backends().isEmpty()) {
      throw new IllegalArgumentException("model " + model.name() + " has no backend");
    }
    List<Integer> order = balance.order();
    int last = Math.min(ATTEMPTS_MAX, order.size()) - 1;
    for (int attempt = 0; ; attempt++) {
      Backend backend = model.backends().get(order.get(attempt));
      try {
        return upstream.call(request(model, backend, headers, body));
      } catch (Unreachable e) {
        if (attempt == last) {
          throw e;
        }
      }
    }
  }

  private static UpstreamRequest request(
      Model model, Backend backend, List<HeaderLine> headers, Function<Backend, byte[]> body) {
    Map<String, String> own = new HashMap<>();
    backend
        .extraHeaders()
        .forEach((name, value) -> own.put(name.toLowerCase(Locale.ROOT), value.reveal()));
    backend
        .authValue()
        .ifPresent(v -> own.put(backend.authHeader().toLowerCase(Locale.ROOT), v.reveal()));
    own.put("content-type", "application/json");
    List<HeaderLine> lines = new ArrayList<>();
    headers.stream().filter(line -> !own.containsKey(line.name())).forEach(lines::add);
    own.forEach((name, value) -> lines.add(new HeaderLine(name, value)));
    return new UpstreamRequest(
        model.name() + "/" + backend.name(),
        URI.create(backend.target().origin() + backend.chatPath()),
        lines,
        body.apply(backend),
        model.timeouts());
  }
}
