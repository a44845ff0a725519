package dev.gatun.router.port;

/** Everything the core may ask for, handed in once by whoever builds the router. */
public record Ports(Encoders encoders, Ticker ticker) {
  /** Neither models nor clock, for policies that rules alone decide. */
  public static Ports none() {
    return new Ports(Encoders.none(), Ticker.stopped());
  }
}
