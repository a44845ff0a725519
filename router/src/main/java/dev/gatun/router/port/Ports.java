package dev.gatun.router.port;

/** Everything the core may ask for, handed in once by whoever builds the router. */
public record Ports(Encoders encoders, Embeddings embeddings, Ticker ticker) {
  /** Neither models nor clock, for policies that rules alone decide. */
  public static Ports none() {
    return new Ports(Encoders.none(), Embeddings.none(), Ticker.stopped());
  }
}
