package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.Untyped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlWriterTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 1\n",
        "a: 'no'\nb: no\nc: \"1\"\nd: 1.5\ne: ~\nf: ''\n",
        "a: [1, [2, {b: c}], {}]\nb: {}\nc: []\n",
        "a: |\n  two\n  lines\nb: \"x\\ty\\u00e9\"\n",
        "'odd key: #': 'text # with: signs'\n\"5\": x\n",
        "a: &x {k: v}\nb: *x\n",
        "a: '*star'\nb: '- dash'\nc: '@at'\nd: 'trailing '\ne: 2024-01-01\n",
        "'<<': 5\nb: {\"<<\": {c: 1}}\n'': 3\n'a: b': 4\n~: 6\n",
        "a:\n  - b: 1\n    c: 2\n  - - d\n",
        "a: &x {k: 'v: w', '5': [\"5\", 5, ~, 'a, b', http://x:1/y, \"l\\nm\"]} # c\nb: *x\n",
        "a: # c\n  {b: 1} # d\nc:\n  # e\n  - [1, {2: 3}] # f\n  - 4 # g\n",
        "{a: 1, b: [2, {c: 3}]} # h\n"
      })
  void aTextReadsAgainAsTheSameTree(String text) {
    Node tree = read(text);
    String written = YamlWriter.write(tree, YamlComments.of(text));

    assertEquals(Untyped.value(tree), Untyped.value(read(written)), written);
    String alike = YamlWriter.write(tree, YamlComments.of(text), FlowPlaces.of(text));
    assertEquals(Untyped.value(tree), Untyped.value(read(alike)), alike);
  }

  @Test
  void commentsGoWithTheLineTheyAreAbout() {
    String text =
        """
        # About one.
        one: 1 # beside one
        # About the list.
        list: # beside the list
          # About the first.
          - first # beside the first
          - key: 2
            # Within the second.
            more: 3
        # At the end.
        """;
    Mapping tree = (Mapping) read(text);
    List<Entry> entries = new ArrayList<>(tree.entries());
    Collections.reverse(entries);

    assertEquals(
        """
        # About the list.
        # beside the list
        list:
          - # About the first.
            first # beside the first
          - key: 2
            # Within the second.
            more: 3
        # About one.
        one: 1 # beside one
        # At the end.
        """,
        YamlWriter.write(new Mapping(tree.position(), entries), YamlComments.of(text)));
  }

  @Test
  void commentsOfAKeyThatIsGoneStayWithWhatStoodBelow() {
    String text =
        """
        # About the old list.
        old: # beside the old list
          # About the first.
          - {name: first}
        # About nothing that is left.
        gone: 1
        """;
    Mapping tree = (Mapping) read(text);
    Mapping now =
        new Mapping(
            tree.position(),
            List.of(new Entry(new Position("", 0, 0), "new", tree.value("old").orElseThrow())));
    YamlComments comments = YamlComments.of(text);
    comments.follow(tree, now);

    assertEquals(
        """
        new:
        # About the old list.
        # beside the old list
        # About the first.
          - name: first
        """,
        YamlWriter.write(now, comments));
  }

  @Test
  void anEmptyMappingIsADocument() {
    assertEquals("{}\n", YamlWriter.write(read("{}"), YamlComments.of("{}")));
  }

  private static Node read(String text) {
    YamlReader.Result result = YamlReader.read("test.yaml", text);
    return result.root().orElseThrow(() -> new AssertionError(result.diagnostics() + text));
  }
}
