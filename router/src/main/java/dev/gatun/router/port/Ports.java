package dev.gatun.router.port;

/** Everything the core may ask for, handed in once by whoever builds the router. */
public record Ports(
    Encoders encoders,
    Embeddings embeddings,
    Mentions mentions,
    Languages languages,
    Ticker ticker) {
  /** Neither models nor clock, for policies that rules alone decide. */
  public static Ports none() {
    return new Ports(
        Encoders.none(), Embeddings.none(), Mentions.none(), Languages.none(), Ticker.stopped());
  }

  public Ports withEncoders(Encoders other) {
    return new Ports(other, embeddings, mentions, languages, ticker);
  }

  public Ports withEmbeddings(Embeddings other) {
    return new Ports(encoders, other, mentions, languages, ticker);
  }

  public Ports withMentions(Mentions other) {
    return new Ports(encoders, embeddings, other, languages, ticker);
  }

  public Ports withLanguages(Languages other) {
    return new Ports(encoders, embeddings, mentions, other, ticker);
  }

  public Ports withTicker(Ticker other) {
    return new Ports(encoders, embeddings, mentions, languages, other);
  }
}
