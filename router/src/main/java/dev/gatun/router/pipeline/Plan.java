package dev.gatun.router.pipeline;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Routing;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalStage;
import dev.gatun.router.signal.SignalTable;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What has to be evaluated for a configuration.
 *
 * @param table numbers of all signals
 * @param families those that some rule names
 */
record Plan(SignalTable table, SignalStage.Specs specs, Set<Family> families) {
  static Plan of(RouterConfig config) {
    Routing routing = config.routing();
    List<SignalKey> used =
        routing.decisions().stream().flatMap(decision -> decision.rule().keys()).toList();
    LinkedHashSet<SignalKey> keys = new LinkedHashSet<>();
    routing.keywords().stream().map(Keyword::key).forEach(keys::add);
    routing.domains().stream().map(Domain::key).forEach(keys::add);
    keys.addAll(used);
    Set<Family> families = EnumSet.noneOf(Family.class);
    used.forEach(key -> families.add(key.family()));
    SignalStage.Specs specs =
        new SignalStage.Specs(
            routing.keywords(),
            routing.domains(),
            config.global().domain(),
            config.global().router().compatibility());
    return new Plan(SignalTable.of(keys), specs, families);
  }
}
