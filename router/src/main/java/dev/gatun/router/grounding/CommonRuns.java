package dev.gatun.router.grounding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs of words that an answer and a context have in common. */
final class CommonRuns {
  private CommonRuns() {}

  /** Where each folded word stands; stops are left out, so that no run goes over one. */
  static Map<String, List<Integer>> places(List<Word> words) {
    Map<String, List<Integer>> places = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      if (!words.get(i).stop()) {
        places.computeIfAbsent(words.get(i).folded(), _ -> new ArrayList<>()).add(i);
      }
    }
    return places;
  }

  /**
   * For every word of the answer the length of the longest run that it is part of.
   *
   * @param places of the context's words
   */
  static int[] longest(List<Word> answer, Map<String, List<Integer>> places) {
    int[] longest = new int[answer.size()];
    Map<Integer, Integer> before = Map.of();
    for (int i = 0; i <= answer.size(); i++) {
      Map<Integer, Integer> now = new HashMap<>();
      if (i < answer.size()) {
        for (int j : places.getOrDefault(answer.get(i).folded(), List.of())) {
          now.put(j, before.getOrDefault(j - 1, 0) + 1);
        }
      }
      for (Map.Entry<Integer, Integer> run : before.entrySet()) {
        if (!now.containsKey(run.getKey() + 1)) {
          for (int back = 1; back <= run.getValue(); back++) {
            longest[i - back] = Math.max(longest[i - back], run.getValue());
          }
        }
      }
      before = now;
    }
    return longest;
  }
}
