package dev.gatun.bench.encoder;

import dev.gatun.bench.peers.Peers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one run of {@code gatun bench encoder} measures.
 *
 * @param home root of the checkout
 * @param models folders or names; empty: the default ones
 * @param axisLengths lengths at which batch, concurrency and tasks vary
 * @param peers the folder of the peers' bench
 * @param peersRun what to ask of it
 */
record Settings(
    Path home,
    Optional<Path> out,
    List<String> models,
    Axes axes,
    List<Integer> axisLengths,
    List<Variant> variants,
    Sweep.Effort effort,
    Optional<Peers> peers,
    Peers.Run peersRun) {

  /** The script that becomes a worker. */
  Path launcher() {
    return home.resolve("gatun");
  }
}
