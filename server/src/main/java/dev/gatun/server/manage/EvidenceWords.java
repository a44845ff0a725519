package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.pii.Mention;
import dev.gatun.router.pii.Span;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.signal.Classified;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.server.wire.Json;
import dev.gatun.server.wire.Scores;
import java.util.Locale;

/** Why every signal matched, and where in the texts, in the words of the trace. */
final class EvidenceWords {
  private EvidenceWords() {}

  static ArrayNode of(SignalHits hits) {
    ArrayNode all = Json.object().putArray("signals");
    for (SignalHits.Hit hit : hits.matched()) {
      ObjectNode item = all.addObject().put("signal", hit.key().toString());
      item.put("confidence", hit.confidence());
      hit.evidence().forEach(item.putArray("evidence")::add);
      if (hit.soft()) {
        item.put("soft", true);
      }
      if (!hit.spans().isEmpty()) {
        ArrayNode spans = item.putArray("spans");
        hit.spans().forEach(span -> spans.add(span(span)));
      }
    }
    return all;
  }

  /**
   * What classifiers said of each label, calibrated as rules see it and as the model gave it.
   *
   * @param evaluated the text that is not repeated
   */
  static ArrayNode classifiers(SignalHits hits, String evaluated) {
    ArrayNode all = Json.array();
    for (Classified said : hits.classified()) {
      ObjectNode item = all.addObject().put("task", said.task().word());
      if (!said.text().equals(evaluated)) {
        item.put("text", said.text());
      }
      Distribution of = said.distribution();
      item.set("scores", Scores.byLabel(of.labels(), of.probabilities()));
      item.set("raw", Scores.byLabel(of.labels(), of.raw()));
    }
    return all;
  }

  private static ObjectNode span(Span span) {
    Mention mention = span.mention();
    return Json.object()
        .put("text", span.text())
        .put("type", mention.type())
        .put("start", mention.start())
        .put("end", mention.end())
        .put("byte_start", span.byteStart())
        .put("byte_end", span.byteEnd())
        .put("score", mention.score())
        .put("score_min", mention.scoreMin())
        .put("found_by", mention.evidence().name().toLowerCase(Locale.ROOT));
  }
}
