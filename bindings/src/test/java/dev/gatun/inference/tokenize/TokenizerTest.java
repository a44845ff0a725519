package dev.gatun.inference.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.inference.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {

  @TempDir Path directory;

  @Test
  void paddingAndTruncationOfTheFileAreIgnored() {
    try (Tokenizer tokenizer = load("bert")) {
      assertEquals(3, tokenizer.encode("a").length());
      Tokens many = tokenizer.encode("a ".repeat(500));
      assertEquals(502, many.length());
      assertFalse(many.truncated());
    }
  }

  @Test
  void nulAndLoneSurrogatesAreText() {
    for (String family : List.of("bert", "modernbert", "mmbert")) {
      try (Tokenizer tokenizer = load(family)) {
        Tokens nul = tokenizer.encode("a\0b");
        assertEquals(3, nul.endsUtf16()[nul.length() - 2], family);
        Tokens lone = tokenizer.encode("a\uD83Db \uD83D\uDE00");
        assertEquals(tokenizer.encode("a\uFFFDb \uD83D\uDE00"), lone, family);
        assertEquals(6, lone.endsUtf16()[lone.length() - 2], family);
        assertEquals(tokenizer.encode("\uFFFD\uFFFD"), tokenizer.encode("\uDE00\uD83D"), family);
      }
    }
  }

  @Test
  void offsetsAreUtf16InBothTextsOfAPair() {
    try (Tokenizer tokenizer = load("modernbert")) {
      Tokens tokens = tokenizer.encode("\uD83D\uDE00 x", "e\u0301 \uD83D\uDE00\uD83D\uDE00 y");
      int last = tokens.length() - 2;
      assertEquals(1, tokens.sequence()[last]);
      assertEquals(9, tokens.endsUtf16()[last]);
      int lastOfFirst = last;
      while (tokens.sequence()[lastOfFirst] != 0) {
        lastOfFirst--;
      }
      assertEquals(4, tokens.endsUtf16()[lastOfFirst]);
    }
  }

  @Test
  void textThatSpellsASpecialTokenIsText() {
    try (Tokenizer tokenizer = load("bert")) {
      Tokens tokens = tokenizer.encode("a [SEP] b");
      assertArrayEquals(new int[] {-1, 0, 0, 0, -1}, tokens.sequence());
      assertEquals(tokens.ids()[4], tokens.ids()[2]);
    }
  }

  @Test
  void aPairIsCutFromItsLongerText() {
    try (Tokenizer tokenizer = load("bert")) {
      Tokens whole = tokenizer.encode("a b", "c d e f g h");
      assertEquals(11, whole.total());
      Tokens cut = tokenizer.encode("a b", "c d e f g h", 8);
      assertArrayEquals(new int[] {-1, 0, 0, -1, 1, 1, 1, -1}, cut.sequence());
      assertTrue(cut.truncated());
      assertEquals(11, cut.total());
      assertEquals(whole.ids()[10], cut.ids()[7]);
      Tokens both = tokenizer.encode("a b c d e f", "a b c d e f g", 8);
      assertArrayEquals(new int[] {-1, 0, 0, -1, 1, 1, 1, -1}, both.sequence());
      Tokens firstLonger = tokenizer.encode("a b c d e f g", "a b c d e f", 8);
      assertArrayEquals(new int[] {-1, 0, 0, 0, -1, 1, 1, -1}, firstLonger.sequence());
    }
  }

  @Test
  void specialTokensAreNeverCut() {
    try (Tokenizer tokenizer = load("bert")) {
      assertArrayEquals(new int[] {-1, -1}, tokenizer.encode("a b c", 2).sequence());
      assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a b c", 1));
    }
  }

  @Test
  void aTextBeyondTheBudgetIsNotEncoded() {
    Path file = Golden.carried().resolve("tokenizers/bert/tokenizer.json");
    try (Tokenizer tokenizer = Tokenizer.load(file, 10)) {
      assertEquals(22, tokenizer.encode("x".repeat(20)).length());
      TokenizerException refusal =
          assertThrows(
              TokenizerException.TooLong.class, () -> tokenizer.encode("\u00e9".repeat(11)));
      assertTrue(refusal.getMessage().contains("22"), refusal.getMessage());
      String half = "x".repeat(11);
      assertThrows(TokenizerException.TooLong.class, () -> tokenizer.encode(half, half));
    }
  }

  @Test
  void useAfterCloseIsRefusedAndClosingTwiceIsNot() {
    Tokenizer tokenizer = load("bert");
    tokenizer.close();
    tokenizer.close();
    assertThrows(TokenizerException.Closed.class, () -> tokenizer.encode("a"));
  }

  @Test
  void oneInstanceServesManyThreadsUntilItIsClosed() throws Exception {
    Tokenizer tokenizer = load("mmbert");
    String text = "Several tokens \uD83D\uDE00 of one text. ".repeat(20);
    Tokens expected = tokenizer.encode(text);
    CyclicBarrier start = new CyclicBarrier(9);
    List<FutureTask<Integer>> workers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Callable<Integer> worker = () -> encodeUntilClosed(tokenizer, text, expected, start);
      workers.add(new FutureTask<>(worker));
      Thread.ofPlatform().name("tokenize-" + i).start(workers.get(i));
    }
    start.await();
    tokenizer.encode(text);
    tokenizer.close();
    for (FutureTask<Integer> worker : workers) {
      assertTrue(worker.get() >= 0);
    }
  }

  private static int encodeUntilClosed(
      Tokenizer tokenizer, String text, Tokens expected, CyclicBarrier start) throws Exception {
    start.await();
    int rounds = 0;
    try {
      while (true) {
        assertEquals(expected, tokenizer.encode(text));
        rounds++;
      }
    } catch (TokenizerException.Closed e) {
      return rounds;
    }
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    Path file = directory.resolve("tokenizer.json");
    refused(file, "missing");
    for (String content :
        List.of(
            "",
            "{",
            "[]",
            "{}",
            "{\"model\": 7}",
            "{\"added_tokens\": [{\"id\": null, \"content\": \"x\"}]}",
            "{\"added_tokens\": [{\"id\": 1.5, \"content\": \"x\"}]}",
            "{\"added_tokens\": [{\"id\": 1}]}",
            "{\"post_processor\": {\"special_tokens\": {\"a\": 1}}}",
            "{\"post_processor\": {\"special_tokens\": {\"a\": {}}}}",
            "{\"post_processor\": {\"special_tokens\": {}, \"single\": [{\"SpecialToken\": {}}]}}",
            "{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}",
            "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": \"x\"}, \"merges\": []}}",
            "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
            "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": 1}}",
            "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 0}}} trailing")) {
      Files.writeString(file, content);
      refused(file, "");
    }
    Files.write(file, "{\"model\": \"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1));
    refused(file, "UTF-8");
    refused(directory, "");
  }

  /** What would end the process, at loading or at some text, and what no text could pass. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "normalizer~{'type':'Precompiled','precompiled_charsmap':'////////////////////'}~"
            + "Precompiled",
        "normalizer~{'type':'Precompiled','precompiled_charsmap':null}~Precompiled",
        "normalizer~{'type':'Replace','pattern':{'String':''},'content':'xx'}~"
            + "Replace: pattern is empty",
        "normalizer~{'type':'Replace','pattern':{'Regex':'a*'},'content':'x'}~Replace: the regular",
        "normalizer~{'pattern':{'String':''},'content':'xx'}~type",
        "normalizer~{'type':'Sequence','normalizers':[{'type':'Knit'}]}~Knit",
        "pre_tokenizer~{'type':'Split','pattern':{'Regex':'(a+)+$'},'behavior':'Isolated',"
            + "'invert':false}~Split: the regular expression (a+)+$",
        "pre_tokenizer~{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':"
            + "'\\\\w+\\\\s'},'behavior':'Isolated','invert':false}]}~Split",
        "post_processor~{'type':'TemplateProcessing',"
            + "'single':[{'Sequence':{'id':'B','type_id':0}}],"
            + "'pair':[],'special_tokens':{}}~single template",
        "post_processor~{'type':'TemplateProcessing',"
            + "'single':[{'Sequence':{'id':'A','type_id':0}}],"
            + "'pair':[],'special_tokens':{}}~pair template",
        "model~{'type':'WordLevel','vocab':{'a':0},'unk_token':'[NOPE]'}~[NOPE]",
        "model~{'type':'WordPiece','unk_token':'[NOPE]','continuing_subword_prefix':'##',"
            + "'max_input_chars_per_word':100,'vocab':{'a':0}}~[NOPE]",
        "model~{'type':'Unigram','vocab':[['a',0.0]]}~unk_id",
        "model~{'type':'BPE','vocab':{'a':0},'merges':[],'continuing_subword_prefix':'xx'}~prefix",
      })
  void whatTheEngineWouldNotSurviveIsRefused(String key, String part, String mention)
      throws IOException {
    Path file = directory.resolve("tokenizer.json");
    String model = "{'type':'WordLevel','vocab':{'a':0},'unk_token':'a'}";
    String json =
        key.equals("model")
            ? "{'model':" + part + "}"
            : "{'" + key + "':" + part + ",'model':" + model + "}";
    Files.writeString(file, json.replace('\'', '"'));
    refused(file, mention);
    refused(file, key);
  }

  @Test
  void aSequenceHasOneTemplate() throws IOException {
    Path file = directory.resolve("tokenizer.json");
    String template =
        "{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A','type_id':0}}],"
            + "'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':0}}],"
            + "'special_tokens':{}}";
    String both = "{'type':'Sequence','processors':[" + template + "," + template + "]}";
    String model = "{'type':'WordLevel','vocab':{'a':0},'unk_token':'a'}";
    Files.writeString(
        file, ("{'post_processor':" + both + ",'model':" + model + "}").replace('\'', '"'));
    refused(file, "more than one TemplateProcessing");
  }

  /** One entry: a becomes b. */
  private static int[] charsmap() {
    int[] units = new int[768];
    units[0] = 256 << 10;
    units[256 ^ 'a'] = 'a' | 1 << 8 | (256 ^ 'a' ^ 512) << 10;
    units[512] = 1 << 31;
    return units;
  }

  private Path precompiled(int[] units, String texts) throws IOException {
    byte[] end = texts.getBytes(StandardCharsets.UTF_8);
    ByteBuffer table =
        ByteBuffer.allocate(Integer.BYTES * (1 + units.length) + end.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(Integer.BYTES * units.length);
    Arrays.stream(units).forEach(table::putInt);
    table.put(end);
    String json =
        "{'normalizer':{'type':'Precompiled','precompiled_charsmap':'"
            + Base64.getEncoder().encodeToString(table.array())
            + "'},'model':{'type':'WordLevel','vocab':{'[UNK]':0,'b':1},'unk_token':'[UNK]'}}";
    return Files.writeString(directory.resolve("tokenizer.json"), json.replace('\'', '"'));
  }

  @Test
  void aTableOfCharactersIsFollowedWhenItLeadsNowhereElse() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(precompiled(charsmap(), "b\0"))) {
      assertArrayEquals(new int[] {1}, tokenizer.encode("a").ids());
    }
    int[] outside = charsmap();
    outside[0] = 1024 << 10;
    refused(precompiled(outside, "b\0"), "Precompiled");
    int[] value = charsmap();
    value[512] = 7;
    refused(precompiled(value, "b\0"), "Precompiled");
    refused(precompiled(charsmap(), "\u00e9\0").resolveSibling("none"), "missing");
    int[] inside = charsmap();
    inside[512] = 1;
    refused(precompiled(inside, "\u00e9\0"), "Precompiled");
  }

  @ParameterizedTest
  @CsvSource({
    "' {2,}', true",
    "'\\s+', true",
    "'[^\\p{L}a-z]+', true",
    "'\\p{N}', true",
    "'ab', true",
    "'', false",
    "'a+b', false",
    "'a+?', false",
    "'a*', false",
    "'a{0,}', false",
    "'a{2,}+', false",
    "'(a)', false",
    "'a|b', false",
    "'^a', false",
    "'\\ba', false",
    "'\\1', false",
    "'[a', false",
    "'[[a]]', false",
    "'a\\', false",
  })
  void anExpressionIsPlainWhenNothingFollowsWhatRepeats(String expression, boolean plain) {
    assertEquals(plain, Expression.isPlain(expression), expression);
  }

  private static void refused(Path file, String mention) {
    String message =
        assertThrows(TokenizerException.Invalid.class, () -> Tokenizer.load(file)).getMessage();
    assertTrue(message.startsWith(file.toString()) && message.contains(mention), message);
    assertFalse(message.contains("Strictness") || message.contains("\n"), message);
  }

  private static Tokenizer load(String family) {
    return Tokenizer.load(
        Golden.carried().resolve("tokenizers").resolve(family).resolve("tokenizer.json"));
  }
}
