package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The cards of a file: those it has, and one for every model that it only serves. */
final class Cards {
  private static final String KEY = "modelCards";

  private final Draft routing;
  private final Optional<Entry> written;
  private final Map<String, Draft> byName = new LinkedHashMap<>();
  private final List<Node> nameless = new ArrayList<>();

  Cards(Draft routing) {
    this.routing = routing;
    Optional<Entry> before = routing.remove("models");
    written = routing.remove(KEY).or(() -> before);
    for (Node item : Items.of(written.map(Entry::value).orElse(Scalar.plain(Draft.NOWHERE, "")))) {
      if (item instanceof Mapping card
          && card.value("name").orElse(card) instanceof Scalar name
          && !byName.containsKey(name.text())) {
        byName.put(name.text(), Draft.of(card));
      } else {
        nameless.add(item);
      }
    }
  }

  /** The card of a model, begun when there is none. */
  Draft card(String name) {
    return byName.computeIfAbsent(
        name,
        n -> {
          Draft card = new Draft(Draft.NOWHERE);
          card.put("name", n);
          return card;
        });
  }

  void write() {
    List<Node> cards = new ArrayList<>();
    byName.values().forEach(card -> cards.add(card.node()));
    cards.addAll(nameless);
    if (!cards.isEmpty()) {
      Position list = written.map(entry -> entry.value().position()).orElse(Draft.NOWHERE);
      routing.put(
          new Entry(
              written.map(Entry::position).orElse(Draft.NOWHERE), KEY, new Sequence(list, cards)));
    }
  }
}
