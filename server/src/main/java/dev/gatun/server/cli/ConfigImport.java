package dev.gatun.server.cli;

import dev.gatun.router.config.Node;
import dev.gatun.router.migration.Imports;
import dev.gatun.router.migration.Inventory;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.YamlComments;
import dev.gatun.server.config.YamlReader;
import dev.gatun.server.config.YamlWriter;
import dev.gatun.server.wire.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code gatun config import}: the models of another program's list as a configuration. */
@Command(
    name = "import",
    description = {
      "Write a configuration with the models of another list: providers and cards, no decisions.",
      "Keys become references to the environment (api_key_env); the keys themselves are not copied."
    },
    footer = {
      "",
      "openai-models, vllm  what GET /v1/models answers, from a file or from an address",
      "litellm              the config.yaml of a LiteLLM proxy (model_list)",
      "openclaw             openclaw.json (models.providers)"
    })
final class ConfigImport implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FORM",
      description = "${COMPLETION-CANDIDATES}.",
      converter = FormWord.class,
      completionCandidates = FormWord.class)
  private Form form = Form.OPENAI_MODELS;

  @Option(names = "--source", required = true, paramLabel = "FILE|URL", description = "The list.")
  private String source = "";

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Where the models of a file are served, with /v1.")
  private Optional<String> baseUrl = Optional.empty();

  @Mixin private WrittenFile written = new WrittenFile();

  ConfigImport(Console console) {
    this.console = console;
  }

  /** Whose list it is. */
  enum Form {
    OPENAI_MODELS("openai-models", "data"),
    VLLM("vllm", "data"),
    LITELLM("litellm", "model_list"),
    OPENCLAW("openclaw", "models.providers");

    private final String word;

    /** The key under which such a list has its models. */
    private final String place;

    Form(String word, String place) {
      this.word = word;
      this.place = place;
    }
  }

  /** The words of {@code --from}. */
  static final class FormWord implements ITypeConverter<Form>, Iterable<String> {
    @Override
    public Form convert(String word) {
      for (Form form : Form.values()) {
        if (form.word.equals(word)) {
          return form;
        }
      }
      throw new TypeConversionException(
          "'" + word + "': openai-models, vllm, litellm or openclaw expected");
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Form.values()).map(form -> form.word).iterator();
    }
  }

  @Override
  public Integer call() {
    Inventory.Result result =
        switch (form) {
          case OPENAI_MODELS, VLLM -> listed();
          case LITELLM -> Imports.liteLlm(file());
          case OPENCLAW -> Imports.openClaw(file());
        };
    result.notes().forEach(console::say);
    if (result.models() == 0) {
      throw new Failure(
          ExitStatus.FAILED,
          source + " has no models under " + form.place + "; is it a list of this form?");
    }
    String text = YamlWriter.write(result.document(), YamlComments.none());
    boolean wrong = ConfigMigrate.tellProblems(console, written.name(), text);
    if (wrong) {
      throw new Failure(ExitStatus.FAILED, source + " has no models that could be imported");
    }
    written.write(console, text);
    return ExitStatus.OK;
  }

  private boolean isAddress() {
    return source.startsWith("http://") || source.startsWith("https://");
  }

  /** A list of models from an address, which is then also where they are served, or from a file. */
  private Inventory.Result listed() {
    if (isAddress()) {
      String base = without(without(source, "/"), "/models");
      String api = base.endsWith("/v1") ? base : base + "/v1";
      String answer =
          new String(
              Json.bytes(RouterClient.get(api, "--source", "/models")), StandardCharsets.UTF_8);
      return Imports.models(parsed(YamlReader.read(source, answer)), baseUrl.orElse(api));
    }
    String served =
        baseUrl.orElseThrow(() ->
            new Failure(
                ExitStatus.USAGE,
                "say where the models of " + source + " are served: --base-url URL"));
    return Imports.models(file(), served);
  }

  private static String without(String text, String end) {
    return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
  }

  private Node file() {
    return parsed(ConfigFile.read(Path.of(source)));
  }

  private Node parsed(YamlReader.Result text) {
    ConfigOption.tell(console, text.diagnostics());
    return text.root()
        .orElseThrow(() -> new Failure(ExitStatus.FAILED, source + " cannot be read"));
  }
}
