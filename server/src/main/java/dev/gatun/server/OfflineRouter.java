package dev.gatun.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Router;
import dev.gatun.server.manage.Evaluator;
import java.nio.file.Path;

/** A router without listeners and backends, for dry runs of a configuration. */
public final class OfflineRouter implements AutoCloseable {
  private final Models models;
  private final Evaluator evaluator;

  private OfflineRouter(Models models, Evaluator evaluator) {
    this.models = models;
    this.evaluator = evaluator;
  }

  /**
   * Loads the models that a configuration needs.
   *
   * @param configHash names the configuration in answers
   * @param models directory of the built model folders
   * @throws StartException when a needed model cannot be loaded
   */
  public static OfflineRouter open(RouterConfig config, String configHash, Path models)
      throws StartException {
    Models loaded = Models.load(config, models);
    try {
      Models.check(config, loaded);
      Router router = new Router(config, loaded.ports());
      return new OfflineRouter(loaded, new Evaluator(config, configHash, router));
    } catch (StartException | RuntimeException e) {
      loaded.close();
      throw e;
    }
  }

  /**
   * Answers as {@code POST /api/v1/eval} does. Safe for use by many threads.
   *
   * @param body {@code text}, {@code messages} or a whole Chat Completions body
   * @param trace whether to add how every decision was judged
   */
  public ObjectNode evaluate(JsonNode body, boolean trace) {
    return evaluator.evaluate(body, trace);
  }

  @Override
  public void close() {
    models.close();
  }
}
