package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.List;

/** Finds credentials that a file says itself, as the default of a reference too. */
final class WrittenSecrets {
  private final Report report;

  private WrittenSecrets(Report report) {
    this.report = report;
  }

  /** Reports those of a document as it is written. */
  static void of(Node document, Report report) {
    new WrittenSecrets(report).node(document, "", SecretPlace.ROOT);
  }

  private void node(Node node, String path, SecretPlace place) {
    switch (node) {
      case Mapping mapping -> {
        for (Entry entry : mapping.entries()) {
          String inner = path.isEmpty() ? entry.key() : path + "." + entry.key();
          node(entry.value(), inner, place.in(mapping).at(entry.key()));
        }
      }
      case Sequence(Position _, List<Node> items) -> {
        SecretPlace next = place;
        for (int i = 0; i < items.size(); i++) {
          node(items.get(i), path + "[" + i + "]", next);
          next = place.after(items.get(i));
        }
      }
      case Scalar scalar -> scalar(scalar, path, place);
    }
  }

  private void scalar(Scalar scalar, String path, SecretPlace place) {
    boolean isWritten =
        place.isCredential()
            && !scalar.isNull()
            && !scalar.text().isBlank()
            && Expansion.isLiteral(place.key(), scalar.text());
    if (isWritten) {
      report.warning(
          scalar.position(),
          path,
          "a secret is written into the file",
          "write ${NAME}, and set that variable where it runs");
    }
  }
}
