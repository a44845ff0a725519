package dev.gatun.router.pipeline;

import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Routing;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRules;
import dev.gatun.router.signal.SignalSettings;
import dev.gatun.router.signal.SignalTable;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What has to be evaluated for a configuration.
 *
 * @param table numbers of all signals
 * @param families those that some rule names, directly or through projections
 */
record Plan(SignalTable table, SignalRules rules, SignalSettings settings, Set<Family> families) {
  static Plan of(RouterConfig config) {
    Routing routing = config.routing();
    LinkedHashSet<SignalKey> keys = new LinkedHashSet<>(routing.signals().outputs());
    routing.decisions().stream().flatMap(d -> d.rule().keys()).forEach(keys::add);
    GlobalSettings global = config.global();
    Uses.named(routing.projections()).forEach(keys::add);
    SignalSettings settings =
        new SignalSettings(
            global.domain(),
            global.detectors(),
            global.comparison(),
            global.compression(),
            global.authz().failOpen(),
            global.router().failures(),
            global.router().compatibility());
    return new Plan(SignalTable.of(keys), routing.signals(), settings, routing.families());
  }
}
