package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Configuration text without its secrets, for whoever may read how a router is set up. What is
 * nothing but a reference to the environment stays as it is: a name is no secret. A default of one
 * is, and so is a text that only looks like a reference where it is read as it stands.
 */
public final class Redaction {
  /** What is shown instead. */
  static final String HIDDEN = "***";

  private final IdentityHashMap<Node, Node> shown = new IdentityHashMap<>();

  private Redaction() {}

  /** A whole document. */
  public static Node of(Node document) {
    return new Redaction().node(document, SecretPlace.ROOT);
  }

  /** What may be shown of each part of a document. */
  static Redaction parts(Node document) {
    Redaction redaction = new Redaction();
    redaction.node(document, SecretPlace.ROOT);
    return redaction;
  }

  /** What may be shown of a part of the document. */
  Node shown(Node part) {
    return shown.getOrDefault(part, Scalar.plain(part.position(), HIDDEN));
  }

  /** Of texts that stand in a list under a key. */
  static Node list(Node list, String key) {
    return new Redaction().node(list, SecretPlace.ROOT.at(key));
  }

  /** What may be shown of texts that were read from a list under a key, or of one from the key. */
  public static List<String> texts(List<String> texts, String key) {
    Position nowhere = new Position("", 1, 1);
    List<Node> items = texts.stream().<Node>map(text -> Scalar.plain(nowhere, text)).toList();
    return new Redaction()
        .items(items, SecretPlace.ROOT.at(key)).stream()
            .map(item -> ((Scalar) item).text())
            .toList();
  }

  private Node node(Node node, SecretPlace place) {
    Node redacted =
        switch (node) {
          case Mapping(Position at, var entries) ->
              new Mapping(at, entries.stream().map(e -> entry(e, place.in(node))).toList());
          case Sequence(Position at, var items) -> new Sequence(at, items(items, place));
          case Scalar scalar -> scalar(scalar, place);
        };
    // What an anchor is for stands in several places: one of them may hide it.
    shown.merge(node, redacted, (one, other) -> one.equals(node) ? other : one);
    return redacted;
  }

  private Entry entry(Entry entry, SecretPlace mapping) {
    return new Entry(entry.position(), entry.key(), node(entry.value(), mapping.at(entry.key())));
  }

  private List<Node> items(List<Node> items, SecretPlace place) {
    List<Node> redacted = new ArrayList<>();
    SecretPlace next = place;
    for (Node item : items) {
      redacted.add(node(item, next));
      next = place.after(item);
    }
    return redacted;
  }

  private static Scalar scalar(Scalar scalar, SecretPlace place) {
    String text = scalar.text();
    if (scalar.isNull() || text.isEmpty() || Expansion.isReference(place.key(), text)) {
      return scalar;
    }
    String may = place.isSecret() ? HIDDEN : ShownAddress.of(place.shown(text), place.key());
    return may.equals(text)
        ? scalar
        : new Scalar(scalar.position(), may, scalar.quoted(), scalar.secret());
  }
}
