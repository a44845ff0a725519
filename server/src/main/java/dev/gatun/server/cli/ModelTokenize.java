package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.FolderFile;
import dev.gatun.inference.tokenize.Tokenizer;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.server.classify.Row;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.Trunk;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun model tokenize}: ids and offsets, without the encoder. */
@Command(
    name = "tokenize",
    description = "Turn every line of a file into token ids with offsets.",
    footer = {
      "",
      "Input lines: {id, text, text_pair?}.",
      "Output lines: {id, ids, offsets: [[start, end], …]}; UTF-16 units, [0,0] for special tokens."
    })
final class ModelTokenize implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelName model = new ModelName();

  @Mixin private RowOptions rows = new RowOptions();

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Keep at most N tokens, special tokens included.")
  private Optional<Integer> maxLength = Optional.empty();

  ModelTokenize(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    int max = maxLength.orElse(Integer.MAX_VALUE);
    if (max < 1) {
      throw new Failure(ExitStatus.USAGE, "--max-length " + max + ": at least 1 expected");
    }
    Path folder = base(model.folder());
    try (Tokenizer tokenizer = Tokenizer.load(FolderFile.in(folder, "tokenizer.json"))) {
      return rows.answer(console, row -> answer(tokenizer, row, max));
    }
  }

  private static Path base(Path folder) {
    return ModelOptions.isHead(folder)
        ? ModelOptions.store().path(Trunk.MODEL)
        : FolderModel.base(folder, ModelOptions.store());
  }

  private static ObjectNode answer(Tokenizer tokenizer, Row row, int max) {
    String text = row.text("text");
    Tokens tokens =
        row.optionalText("text_pair")
            .map(pair -> tokenizer.encode(text, pair, max))
            .orElseGet(() -> tokenizer.encode(text, max));
    ObjectNode answer = row.answer();
    ArrayNode ids = answer.putArray("ids");
    ArrayNode offsets = answer.putArray("offsets");
    for (int i = 0; i < tokens.length(); i++) {
      ids.add(tokens.ids()[i]);
      offsets.addArray().add(tokens.startsUtf16()[i]).add(tokens.endsUtf16()[i]);
    }
    if (tokens.truncated()) {
      answer.put("truncated", true).put("tokens_total", tokens.total());
    }
    return answer;
  }
}
