package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.ToolMatcher;
import dev.gatun.server.inference.ToolMatcher.Match;
import dev.gatun.server.inference.ToolMatcher.Tool;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tools for a request, best first; without tools in the row, those of the embedded catalogue. */
record ToolsTask() implements Task {
  private static final int SHOWN_MAX = 20;

  @Override
  public String name() {
    return "tools";
  }

  @Override
  public String form() {
    return "{\"text\", \"tools\"?:[{\"name\", \"description\"?}]} -> {\"label\": name or none, "
        + "\"ranking\":[names], \"scores\":{\"best\"}}";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.LABEL, AnswerColumn.SCORES, AnswerColumn.RANKING);
  }

  @Override
  public Predictor open(Resources resources) {
    return new Matching(
        ToolMatcher.open(resources.inference(), resources.store(), resources.load()));
  }

  private record Matching(ToolMatcher matcher) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      List<Tool> tools = tools(row);
      List<Match> matches = Row.known(matcher.ranked(row.text("text"), tools));
      boolean fits = !matches.isEmpty() && matches.getFirst().cosine() >= matcher.threshold();
      ObjectNode answer = row.answer();
      answer.put("label", fits ? matches.getFirst().tool().name() : "none");
      ArrayNode ranking = answer.putArray("ranking");
      if (fits) {
        matches.stream().limit(SHOWN_MAX).forEach(match -> ranking.add(match.tool().name()));
      }
      ObjectNode scores = answer.putObject("scores");
      matches.stream().findFirst().ifPresent(best -> scores.put("best", best.cosine()));
      return answer;
    }

    private List<Tool> tools(Row row) {
      row.requireRead("tools");
      JsonNode given = row.json().path("tools");
      if (given.isMissingNode() || given.isNull()) {
        return matcher.catalogue();
      }
      if (!given.isArray()) {
        throw new Row.Bad("\"tools\" is not an array");
      }
      List<Tool> tools = new ArrayList<>();
      Map<String, Integer> places = new HashMap<>();
      for (JsonNode one : given) {
        JsonNode tool = one.path("function").isObject() ? one.path("function") : one;
        String name = tool.path("name").isTextual() ? tool.path("name").textValue() : "";
        String place = "\"tools\"[" + tools.size() + "]";
        if (name.isBlank()) {
          throw new Row.Bad(place + " has no \"name\"");
        }
        Integer before = places.putIfAbsent(name, tools.size());
        if (before != null) {
          throw new Row.Bad(
              place + " is named \"" + name + "\" as [" + before + "] is; names tell tools apart");
        }
        tools.add(new Tool(name, tool.path("description").asText("")));
      }
      return tools;
    }

    @Override
    public List<String> warnings() {
      return matcher.embedder().origin().warnings();
    }

    @Override
    public void close() {
      matcher.close();
    }
  }
}
