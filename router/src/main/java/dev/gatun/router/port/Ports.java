package dev.gatun.router.port;

import java.time.Instant;
import java.time.InstantSource;

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
        Tokens.uncalibrated(),
        Ticker.stopped(),
        InstantSource.fixed(Instant.EPOCH),
        Tasks.byWaiting());
  }

  public Ports withEncoders(Encoders other) {
    return new Ports(
        other,
        embeddings,
        mentions,
        languages,
        languageModel,
        domainTool,
        tokens,
        ticker,
        clock,
        tasks);
  }

  public Ports withEmbeddings(Embeddings other) {
    return new Ports(
        encoders,
        other,
        mentions,
        languages,
        languageModel,
        domainTool,
        tokens,
        ticker,
        clock,
        tasks);
  }

  public Ports withMentions(Mentions other) {
    return new Ports(
        encoders,
        embeddings,
        other,
        languages,
        languageModel,
        domainTool,
        tokens,
        ticker,
        clock,
        tasks);
  }

  public Ports withLanguages(Languages other) {
    return new Ports(
        encoders,
        embeddings,
        mentions,
        other,
        languageModel,
        domainTool,
        tokens,
        ticker,
        clock,
        tasks);
  }

  public Ports withLanguageModel(LanguageModel other) {
    return new Ports(
        encoders, embeddings, mentions, languages, other, domainTool, tokens, ticker, clock, tasks);
  }

  public Ports withDomainTool(DomainTool other) {
    return new Ports(
        encoders,
        embeddings,
        mentions,
        languages,
        languageModel,
        other,
        tokens,
        ticker,
        clock,
        tasks);
  }

  public Ports withTokens(Tokens other) {
    return new Ports(
        encoders,
        embeddings,
        mentions,
        languages,
        languageModel,
        domainTool,
        other,
        ticker,
        clock,
        tasks);
  }

  public Ports withTicker(Ticker other) {
    return new Ports(
        encoders,
        embeddings,
        mentions,
        languages,
        languageModel,
        domainTool,
        tokens,
        other,
        clock,
        tasks);
  }

  public Ports withClock(InstantSource other) {
    return new Ports(
        encoders,
        embeddings,
        mentions,
        languages,
        languageModel,
        domainTool,
        tokens,
        ticker,
        other,
        tasks);
  }

  public Ports withTasks(Tasks other) {
    return new Ports(
        encoders,
        embeddings,
        mentions,
        languages,
        languageModel,
        domainTool,
        tokens,
        ticker,
        clock,
        other);
  }

  /** The same for the texts of one tenant; see {@link Encoders#forTenant}. */
  public Ports forTenant(String tenant) {
    return new Ports(
        encoders.forTenant(tenant),
        embeddings.forTenant(tenant),
        mentions.forTenant(tenant),
        languages,
        languageModel.forTenant(tenant),
        domainTool,
        tokens,
        ticker,
        clock,
        tasks);
  }
}
