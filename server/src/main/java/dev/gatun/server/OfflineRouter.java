package dev.gatun.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Ports;
import dev.gatun.server.external.OtherProcesses;
import dev.gatun.server.manage.Evaluator;
import dev.gatun.server.upstream.Upstream;
import java.nio.file.Path;
import java.util.List;

/** A router without listeners and backends, for dry runs of a configuration. */
public final class OfflineRouter implements AutoCloseable {
  private final Closing parts;
  private final Models models;
  private final Evaluator evaluator;

  private OfflineRouter(Closing parts, Models models, Evaluator evaluator) {
    this.parts = parts;
    this.models = models;
    this.evaluator = evaluator;
  }

  /**
   * Loads the models that a configuration needs; those of other processes are asked where they are.
   *
   * @param configHash names the configuration in answers
   * @param models directory of the built model folders
   * @throws StartException when a needed model cannot be loaded
   */
  public static OfflineRouter open(RouterConfig config, String configHash, Path models)
      throws StartException {
    Closing parts = new Closing();
    try {
      Models loaded = parts.add(Models.load(config, models));
      Upstream upstream = parts.add(new Upstream());
      Ports ports = loaded.ports(config, parts.add(OtherProcesses.of(config, upstream)));
      StartCheck.of(config, ports);
      Router router = new Router(config, ports);
      return new OfflineRouter(parts, loaded, new Evaluator(config, configHash, router));
    } catch (StartException | RuntimeException e) {
      parts.close();
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

  /** How each encoder model computes what the signals ask about a text. */
  public List<EncoderPlan> plans(String text) {
    return models.plans(text);
  }

  @Override
  public void close() {
    parts.close();
  }
}
