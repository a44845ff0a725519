package dev.gatun.inference.tokenize;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Normaliser, pre-tokeniser, decoder and post-processor of a {@code tokenizer.json}. The engine
 * does not refuse one that is unsound: it ends the whole process, on loading it or at some text. So
 * they are checked before it sees them.
 */
final class Pipeline {

  /** A place of the file, the types it may have there, and the name of a sequence's members. */
  enum Part {
    NORMALIZER(
        "normalizers",
        "BertNormalizer ByteLevel Lowercase NFC NFD NFKC NFKD Nmt Precompiled Prepend Replace"
            + " Sequence Strip StripAccents"),
    PRE_TOKENIZER(
        "pretokenizers",
        "BertPreTokenizer ByteLevel CharDelimiterSplit Digits Metaspace Punctuation Sequence Split"
            + " UnicodeScripts Whitespace WhitespaceSplit"),
    POST_PROCESSOR(
        "processors", "BertProcessing ByteLevel RobertaProcessing Sequence TemplateProcessing"),
    DECODER(
        "decoders",
        "BPEDecoder ByteFallback ByteLevel CTC Fuse Metaspace Replace Sequence Strip WordPiece");

    private final String members;
    private final String types;

    Part(String members, String types) {
      this.members = members;
      this.types = types;
    }

    boolean has(String type) {
      return Arrays.asList(types.split(" ", -1)).contains(type);
    }

    /** Its key in the file. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path path;
  private final Part part;
  private int templates;

  private Pipeline(Path path, Part part) {
    this.path = path;
    this.part = part;
  }

  /**
   * Checks one part.
   *
   * @param element null in the file: there is none
   * @throws TokenizerException.Invalid when the engine would not survive it
   */
  static void check(Path path, Part part, JsonElement element) {
    if (!element.isJsonNull()) {
      new Pipeline(path, part).component(element);
    }
  }

  private void component(JsonElement element) {
    JsonObject component = element.getAsJsonObject();
    String type = text(component, "type").orElse("");
    if (!part.has(type)) {
      throw invalid("type", "\"" + type + "\" is not supported; expected one of " + part.types);
    }
    switch (type) {
      case "Sequence" -> sequence(component);
      case "Precompiled" -> precompiled(component);
      case "Replace", "Split" -> pattern(component, type);
      case "TemplateProcessing" -> onlyTemplate();
      default -> {}
    }
  }

  private void sequence(JsonObject component) {
    JsonElement members = component.get(part.members);
    if (members == null || !members.isJsonArray()) {
      throw invalid("Sequence", part.members + " is not an array");
    }
    members.getAsJsonArray().forEach(this::component);
  }

  private void precompiled(JsonObject component) {
    Optional<String> table = text(component, "precompiled_charsmap");
    if (table.isEmpty() || !Charsmap.isSound(table.get())) {
      throw invalid(
          "Precompiled",
          "precompiled_charsmap is damaged: its trie leads outside of it; download the file again");
    }
  }

  /** An empty match would be replaced behind the last character as well, where there is none. */
  private void pattern(JsonObject component, String type) {
    JsonElement pattern = component.get("pattern");
    if (pattern == null || !pattern.isJsonObject() || pattern.getAsJsonObject().size() != 1) {
      throw invalid(type, "pattern is not {\"String\": …} or {\"Regex\": …}");
    }
    Optional<String> literal = text(pattern.getAsJsonObject(), "String");
    if (literal.isPresent()) {
      if (literal.get().isEmpty()) {
        throw invalid(type, "pattern is empty: at least one character expected");
      }
      return;
    }
    String regex = text(pattern.getAsJsonObject(), "Regex").orElse("");
    boolean known = type.equals("Split") ? Expression.endsSoon(regex) : Expression.isPlain(regex);
    if (!known) {
      throw invalid(
          type,
          "the regular expression "
              + regex.substring(0, Math.min(200, regex.length()))
              + " is not supported: it is none of a known model, and nothing says that every search"
              + " for it ends; only its last character or class may repeat, by + or {1,}");
    }
  }

  /** What one has made is more than the two texts that the engine lets the next one take. */
  private void onlyTemplate() {
    templates++;
    if (templates > 1) {
      throw invalid("Sequence", "more than one TemplateProcessing");
    }
  }

  private static Optional<String> text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    boolean text =
        value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
    return text ? Optional.of(value.getAsString()) : Optional.empty();
  }

  private TokenizerException.Invalid invalid(String where, String what) {
    String line = what.replaceAll("\\p{Cntrl}", " ");
    return new TokenizerException.Invalid(path + ": " + part.key() + ": " + where + ": " + line);
  }
}
