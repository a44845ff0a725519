package dev.gatun.server;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Readiness;
import dev.gatun.router.pipeline.Readiness.Weight;
import dev.gatun.router.port.Ports;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.SortedMap;
import java.util.TreeMap;

/** What besides missing models keeps rules from matching; most of that is fatal, too. */
final class StartCheck {
  private static final Logger LOG = System.getLogger(StartCheck.class.getName());

  private StartCheck() {}

  /**
   * Says what there is of it.
   *
   * @return the types of signals that nobody can tell, each with why
   * @throws StartException when there are such and a degraded start is not allowed
   */
  static SortedMap<String, String> of(RouterConfig config, Ports ports) throws StartException {
    boolean degraded = config.global().router().degradedStart();
    SortedMap<String, String> families = new TreeMap<>();
    for (Readiness.Problem problem : Readiness.of(config, ports)) {
      String text = problem.message() + "; " + problem.hint();
      if (problem.weight() == Weight.MISSING && !degraded) {
        throw new StartException.NoModel(text);
      }
      LOG.log(Level.WARNING, text);
      if (problem.weight() != Weight.NOTED) {
        families.putIfAbsent(problem.family().type(), problem.message());
      }
    }
    return families;
  }
}
