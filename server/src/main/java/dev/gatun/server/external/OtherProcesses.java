package dev.gatun.server.external;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.ExternalModel;
import dev.gatun.router.config.McpTool;
import dev.gatun.router.config.Profile;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.port.AudioModel;
import dev.gatun.router.port.DomainTool;
import dev.gatun.router.port.Embeddings;
import dev.gatun.router.port.ImageModel;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.server.external.CarefulCalls.Health;
import dev.gatun.server.external.ExternalModels.Asked;
import dev.gatun.server.external.McpConnection.Pauses;
import dev.gatun.server.upstream.Upstream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models, the encoder and the tool of other processes that a configuration asks, and how they
 * are doing. Owns the processes that it has started. Safe for use by many threads.
 */
public final class OtherProcesses implements AutoCloseable {
  private static final String CONNECTED = "connected";

  private final RouterConfig config;
  private final ExternalModels models;
  private final Optional<RemoteEncoder> encoder;
  private final Optional<McpDomains> domains;

  private OtherProcesses(
      RouterConfig config,
      ExternalModels models,
      Optional<RemoteEncoder> encoder,
      Optional<McpDomains> domains) {
    this.config = config;
    this.models = models;
    this.encoder = encoder;
    this.domains = domains;
  }

  /**
   * Begins to speak with what a configuration asks.
   *
   * @param upstream by which models are asked; outlives this
   */
  public static OtherProcesses of(RouterConfig config, Upstream upstream) {
    ExternalModels models = new ExternalModels(config.global().externals(), upstream);
    Optional<RemoteEncoder> encoder =
        config.global().remoteEmbeddings().map(remote -> RemoteEncoder.of(remote, upstream));
    boolean asksTool =
        config.profiles().stream().map(Profile::routing).anyMatch(config::asksDomainTool);
    Optional<McpDomains> domains =
        config
            .global()
            .domainTool()
            .filter(_ -> asksTool)
            .map(tool ->
                new McpDomains(tool, labels(config), CarefulCalls.LEFT_ALONE, Pauses.USUAL));
    return new OtherProcesses(config, models, encoder, domains);
  }

  /** What the classifier and what rules know; names of rules are written as in the file. */
  private static Set<String> labels(RouterConfig config) {
    Set<String> labels = new LinkedHashSet<>(Domain.LABELS);
    config
        .profiles()
        .forEach(
            profile -> profile.routing().domains().forEach(domain -> labels.add(domain.name())));
    return labels;
  }

  public LanguageModel languageModel() {
    return models;
  }

  /** What compares texts in place of the embedded sentence encoder. */
  public Optional<Embeddings> embeddings() {
    return encoder.map(remote -> remote);
  }

  public AudioModel audio() {
    return models.audio();
  }

  public ImageModel images() {
    return models.images();
  }

  public DomainTool domainTool() {
    return domains.<DomainTool>map(tool -> tool).orElseGet(DomainTool::none);
  }

  /** Adds what an operator should know of each, without secrets. */
  public void describe(ArrayNode list) {
    for (Asked asked : models.all()) {
      ExternalModel model = asked.model();
      facts(list, asked.client(), types(model.role()))
          .put("role", model.role().word())
          .put("provider", model.provider())
          .put("endpoint", model.target().origin())
          .put("model", model.model());
    }
    config
        .global()
        .remoteEmbeddings()
        .ifPresent(remote ->
            facts(list, encoder.orElseThrow().client(), "embedding")
                .put("role", "embedding")
                .put("provider", "openai")
                .put("endpoint", remote.target().origin())
                .put("model", remote.model()));
    for (McpDomains domain : domains.stream().toList()) {
      ObjectNode facts = facts(list, domain.name(), Family.DOMAIN.type(), domain.calls());
      McpTool tool = domain.tool();
      facts
          .put("state", state(domain))
          .put("role", "domain")
          .put("provider", "mcp")
          .put("transport", tool.transport().word())
          .put("endpoint", tool.transport().shown())
          .put("model", tool.name());
    }
  }

  private static ObjectNode facts(ArrayNode list, ExternalClient client, String type) {
    return facts(list, client.name(), type, client.calls())
        .put("state", client.calls().health().word());
  }

  private static ObjectNode facts(ArrayNode list, String name, String type, CarefulCalls calls) {
    ObjectNode facts = list.addObject().put("name", name);
    facts
        .put("type", type)
        .put("loaded", false)
        .put("external", true)
        .put("breaker", calls.breaker());
    calls.failure().ifPresent(reason -> facts.put("last_failure", reason));
    return facts;
  }

  /** As of the conversation with its server, and when there is one, as of its last answer. */
  private static String state(McpDomains domain) {
    String state = domain.connection().state();
    return state.equals(CONNECTED) ? domain.calls().health().word() : state;
  }

  private static String types(ModelRole role) {
    return families(role).stream().map(Family::type).collect(Collectors.joining(", "));
  }

  /** Those that ask a model of a role. */
  private static List<Family> families(ModelRole role) {
    return switch (role) {
      case GUARDRAIL -> List.of(Family.JAILBREAK);
      case PREFERENCE -> List.of(Family.PREFERENCE);
      case CLASSIFICATION, SCORING, MEMORY_REWRITE, MEMORY_EXTRACTION -> List.of();
      case TRANSCRIPTION, AUDIO_EMBEDDING -> List.of(Family.EMBEDDING);
      case IMAGE_EMBEDDING -> List.of(Family.EMBEDDING, Family.COMPLEXITY);
    };
  }

  /** Names of those that did not answer when they were asked last, or cannot be asked. */
  public List<String> failing() {
    List<String> failing = new ArrayList<>();
    clients()
        .filter(client -> client.calls().health() == Health.FAILING)
        .map(ExternalClient::name)
        .forEach(failing::add);
    domains
        .filter(domain -> isAway(domain) || domain.calls().health() == Health.FAILING)
        .map(McpDomains::name)
        .ifPresent(failing::add);
    return failing;
  }

  /** Names of those that would not be asked now, and without whose answers requests are refused. */
  public List<String> indispensable() {
    List<String> names = new ArrayList<>();
    models.all().stream()
        .filter(asked -> asked.client().calls().isLeftAlone())
        .filter(asked -> families(asked.model().role()).stream().anyMatch(config::refusesWithout))
        .map(asked -> asked.client().name())
        .forEach(names::add);
    encoder
        .map(RemoteEncoder::client)
        .filter(client -> client.calls().isLeftAlone())
        .filter(_ -> config.comparing().stream().anyMatch(config::refusesWithout))
        .map(ExternalClient::name)
        .ifPresent(names::add);
    domains
        .filter(domain -> isAway(domain) || domain.calls().isLeftAlone())
        .filter(_ -> config.refusesWithout(Family.DOMAIN))
        .map(McpDomains::name)
        .ifPresent(names::add);
    return names;
  }

  private Stream<ExternalClient> clients() {
    return Stream.concat(
        models.all().stream().map(Asked::client), encoder.map(RemoteEncoder::client).stream());
  }

  private static boolean isAway(McpDomains domain) {
    return !domain.connection().state().equals(CONNECTED);
  }

  /** Nothing is asked any more, and what was started is ended. */
  @Override
  public void close() {
    domains.ifPresent(McpDomains::close);
  }
}
