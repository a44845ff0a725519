package dev.gatun.server.exchange;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/** A column of answers. Which of them a table has is a matter of the task, not of its rows. */
public enum AnswerColumn {
  /** Text. */
  LABEL("label"),
  /** Label to probability. */
  SCORES("scores"),
  /** The same before calibration. */
  RAW("raw"),
  /** Parts of the text. */
  SPANS("spans"),
  /** Names, best first. */
  RANKING("ranking");

  private final String word;

  AnswerColumn(String word) {
    this.word = word;
  }

  /** The member of an answer that it holds. */
  String word() {
    return word;
  }

  /** Its type, under the name of the member. */
  Field field() {
    return switch (this) {
      case LABEL -> Columns.text(word);
      case SCORES, RAW -> Columns.scores(word);
      case SPANS ->
          Columns.list(
              word,
              Columns.struct(
                  "element",
                  List.of(
                      Columns.integer("start", 32),
                      Columns.integer("end", 32),
                      Columns.integer("start_cp", 32),
                      Columns.integer("end_cp", 32),
                      Columns.text("type"),
                      Columns.real("score"))));
      case RANKING -> Columns.list(word, Columns.text("element"));
    };
  }
}
