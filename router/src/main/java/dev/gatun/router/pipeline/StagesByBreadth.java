package dev.gatun.router.pipeline;

import java.util.EnumMap;
import java.util.Map;

/** One profile at every breadth; what few ask for is made ready when it is first asked for. */
final class StagesByBreadth {
  private final Stages needed;
  private final Map<Breadth, Stages> wider = new EnumMap<>(Breadth.class);

  StagesByBreadth(Stages needed) {
    this.needed = needed;
  }

  Stages of(Breadth breadth) {
    if (breadth == Breadth.NEEDED) {
      return needed;
    }
    synchronized (wider) {
      return wider.computeIfAbsent(breadth, needed::wider);
    }
  }
}
