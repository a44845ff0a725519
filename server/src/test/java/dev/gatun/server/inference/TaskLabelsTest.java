package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.router.port.TextTask;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskLabelsTest {
  private static final Path FOLDER = Path.of("models", "mine");

  private static List<String> of(TextTask task, String labels) {
    return TaskLabels.of(task, Labels.of(labels.split(";", -1)), FOLDER);
  }

  @ParameterizedTest
  @CsvSource({
    "JAILBREAK, 'benign;jailbreak', 'benign;jailbreak'",
    "JAILBREAK, 'JAILBREAK;Benign', 'jailbreak;benign'",
    "FACT_CHECK, 'NO_FACT_CHECK_NEEDED;FACT_CHECK_NEEDED', 'no_fact_check_needed;needs_fact_check'",
    "USER_FEEDBACK, 'SAT;NEED_CLARIFICATION;WRONG_ANSWER;WANT_DIFFERENT',"
        + " 'satisfied;need_clarification;wrong_answer;want_different'",
    "MODALITY, 'ar;Both;diffusion', 'AR;BOTH;DIFFUSION'",
    "DOMAIN, 'Law;my own', 'Law;my own'"
  })
  void labelsAreInTheWordsOfRules(TextTask task, String written, String wanted) {
    assertEquals(List.of(wanted.split(";", -1)), of(task, written));
  }

  @ParameterizedTest
  @CsvSource({
    "JAILBREAK, 'safe;unsafe'",
    "FACT_CHECK, 'yes;no'",
    "USER_FEEDBACK, 'SAT;WRONG_ANSWER'",
    "MODALITY, 'AR;DIFFUSION'",
    "JAILBREAK, 'jailbreak;Jailbreak'"
  })
  void othersAreRefusedWithThoseThatAreWanted(TextTask task, String written) {
    String message =
        String.valueOf(
            assertThrows(InferenceException.Refused.class, () -> of(task, written)).getMessage());
    assertTrue(message.contains("a model for " + task.word() + " has "), message);
  }

  @Test
  void onlyAnAlarmIsNotAveraged() {
    assertEquals("jailbreak", TaskLabels.alarm("jailbreak").orElseThrow());
    assertTrue(TaskLabels.alarm("domain").isEmpty());
  }
}
