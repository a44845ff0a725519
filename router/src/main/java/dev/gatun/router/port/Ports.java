package dev.gatun.router.port;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Everything the core may ask for, handed in once by whoever builds the router.
 *
 * @param tasks by which questions to models go on beside a request
 */
public record Ports(
    Encoders encoders,
    Embeddings embeddings,
    Mentions mentions,
    Languages languages,
    LanguageModel languageModel,
    DomainTool domainTool,
    AudioModel audio,
    ImageModel images,
    Tokens tokens,
    Ticker ticker,
    InstantSource clock,
    Tasks tasks) {
  /** Neither models nor clock, for policies that rules alone decide. */
  public static Ports none() {
    return new Ports(
        Encoders.none(),
        Embeddings.none(),
        Mentions.none(),
        Languages.none(),
        LanguageModel.none(),
        DomainTool.none(),
        AudioModel.none(),
        ImageModel.none(),
        Tokens.uncalibrated(),
        Ticker.stopped(),
        InstantSource.fixed(Instant.EPOCH),
        Tasks.byWaiting());
  }

  public Ports withEncoders(Encoders other) {
    return with(parts -> parts.encoders = other);
  }

  public Ports withEmbeddings(Embeddings other) {
    return with(parts -> parts.embeddings = other);
  }

  public Ports withMentions(Mentions other) {
    return with(parts -> parts.mentions = other);
  }

  public Ports withLanguages(Languages other) {
    return with(parts -> parts.languages = other);
  }

  public Ports withLanguageModel(LanguageModel other) {
    return with(parts -> parts.languageModel = other);
  }

  public Ports withDomainTool(DomainTool other) {
    return with(parts -> parts.domainTool = other);
  }

  public Ports withAudio(AudioModel other) {
    return with(parts -> parts.audio = other);
  }

  public Ports withImages(ImageModel other) {
    return with(parts -> parts.images = other);
  }

  public Ports withTokens(Tokens other) {
    return with(parts -> parts.tokens = other);
  }

  public Ports withTicker(Ticker other) {
    return with(parts -> parts.ticker = other);
  }

  public Ports withClock(InstantSource other) {
    return with(parts -> parts.clock = other);
  }

  public Ports withTasks(Tasks other) {
    return with(parts -> parts.tasks = other);
  }

  private Ports with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.together();
  }

  /** The same for the texts of one tenant; see {@link Encoders#forTenant}. */
  public Ports forTenant(String tenant) {
    return with(parts -> {
      parts.encoders = encoders.forTenant(tenant);
      parts.embeddings = embeddings.forTenant(tenant);
      parts.mentions = mentions.forTenant(tenant);
      parts.languageModel = languageModel.forTenant(tenant);
      parts.audio = audio.forTenant(tenant);
      parts.images = images.forTenant(tenant);
    });
  }

  /** The parts of some ports, of which others are made. */
  private static final class Parts {
    private Encoders encoders;
    private Embeddings embeddings;
    private Mentions mentions;
    private Languages languages;
    private LanguageModel languageModel;
    private DomainTool domainTool;
    private AudioModel audio;
    private ImageModel images;
    private Tokens tokens;
    private Ticker ticker;
    private InstantSource clock;
    private Tasks tasks;

    Parts(Ports ports) {
      encoders = ports.encoders;
      embeddings = ports.embeddings;
      mentions = ports.mentions;
      languages = ports.languages;
      languageModel = ports.languageModel;
      domainTool = ports.domainTool;
      audio = ports.audio;
      images = ports.images;
      tokens = ports.tokens;
      ticker = ports.ticker;
      clock = ports.clock;
      tasks = ports.tasks;
    }

    Ports together() {
      return new Ports(
          encoders,
          embeddings,
          mentions,
          languages,
          languageModel,
          domainTool,
          audio,
          images,
          tokens,
          ticker,
          clock,
          tasks);
    }
  }
}
