package dev.gatun.inference.tokenize;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A {@code tokenizer.json}: what the engine does not check or tell. Vocabularies of real models run
 * to 30 MB, so they are streamed past, never held as a tree.
 *
 * @param idMax the largest id of the vocabulary, the added tokens and the template
 * @param tokenOfIdMax its token
 */
record TokenizerFile(Path path, int idMax, String tokenOfIdMax) {

  /** What the parser would have its programmer do; a reader of the message cannot. */
  private static final String PARSER_ADVICE =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  private static final Set<String> MODELS = Set.of("BPE", "WordPiece", "WordLevel", "Unigram");

  /** The file's text. */
  static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new TokenizerException.Invalid(
          path + ": missing; a model folder needs its tokenizer.json", e);
    } catch (CharacterCodingException e) {
      throw new TokenizerException.Invalid(path + ": not UTF-8: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new TokenizerException.Invalid(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Walks over the text. */
  static TokenizerFile scan(Path path, String json) {
    try {
      Scan scan = walk(path, json, Optional.empty());
      if (scan.unknown.isPresent() && !scan.unknownSeen) {
        // The file may name it after the vocabulary.
        scan = walk(path, json, scan.unknown);
        scan.requireUnknown();
      }
      return new TokenizerFile(path, scan.idMax, scan.tokenOfIdMax);
    } catch (MalformedJsonException | EOFException | JsonParseException e) {
      throw new TokenizerException.Invalid(path + ": not JSON: " + firstLine(e), e);
    } catch (IllegalStateException
        | NumberFormatException
        | UnsupportedOperationException
        | ClassCastException e) {
      throw new TokenizerException.Invalid(
          path + ": not a tokenizer.json, a value has the wrong type: " + firstLine(e), e);
    } catch (IOException e) {
      throw new TokenizerException.Invalid(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Scan walk(Path path, String json, Optional<String> unknown) throws IOException {
    Scan scan = new Scan(path, unknown);
    JsonReader reader = new JsonReader(new StringReader(json));
    reader.setStrictness(Strictness.STRICT);
    scan.file(reader);
    return scan;
  }

  private static String firstLine(Exception e) {
    String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.replace(PARSER_ADVICE, "malformed");
  }

  /** One walk over the file. */
  private static final class Scan {
    private final Path path;
    private int idMax = -1;
    private String tokenOfIdMax = "";
    private boolean model;
    private String modelType = "";
    private Optional<String> prefix = Optional.empty();
    private Optional<String> unknown;
    private boolean unknownSeen;
    private boolean unknownId;

    /**
     * @param unknown the token for words that are not in the vocabulary, when it is known
     */
    Scan(Path path, Optional<String> unknown) {
      this.path = path;
      this.unknown = unknown;
    }

    void file(JsonReader reader) throws IOException {
      reader.beginObject();
      while (reader.hasNext()) {
        switch (reader.nextName()) {
          case "added_tokens" -> addedTokens(JsonParser.parseReader(reader));
          case "model" -> model(reader);
          case "normalizer" -> part(Pipeline.Part.NORMALIZER, reader);
          case "pre_tokenizer" -> part(Pipeline.Part.PRE_TOKENIZER, reader);
          case "decoder" -> part(Pipeline.Part.DECODER, reader);
          case "post_processor" -> template(part(Pipeline.Part.POST_PROCESSOR, reader));
          default -> reader.skipValue();
        }
      }
      reader.endObject();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw invalid("not JSON: something follows the closing brace");
      }
      if (!model) {
        throw invalid("model is missing");
      }
      if (idMax < 0) {
        throw invalid("model.vocab is empty");
      }
      if (modelType.equals("Unigram") && !unknownId) {
        throw invalid("model.unk_id is missing: no id for what is not in the vocabulary");
      }
    }

    private JsonElement part(Pipeline.Part part, JsonReader reader) {
      JsonElement element = JsonParser.parseReader(reader);
      Pipeline.check(path, part, element);
      return element;
    }

    private void addedTokens(JsonElement tokens) {
      if (tokens.isJsonNull()) {
        return;
      }
      for (JsonElement token : tokens.getAsJsonArray()) {
        JsonObject object = token.getAsJsonObject();
        String content = member(object, "content", "added_tokens").getAsString();
        seen(content, member(object, "id", "added_tokens").getAsInt());
      }
    }

    private void model(JsonReader reader) throws IOException {
      model = true;
      reader.beginObject();
      while (reader.hasNext()) {
        switch (reader.nextName()) {
          case "type" -> modelType(JsonParser.parseReader(reader));
          case "vocab" -> vocabulary(reader);
          case "unk_token" -> unknown = text(JsonParser.parseReader(reader));
          case "unk_id" -> unknownId = !JsonParser.parseReader(reader).isJsonNull();
          case "continuing_subword_prefix" -> prefix = text(JsonParser.parseReader(reader));
          default -> reader.skipValue();
        }
      }
      reader.endObject();
      if (!modelType.equals("WordPiece") && !prefix.orElse("").isEmpty()) {
        // The engine cuts it off the parts of merges without looking whether they have it.
        throw invalid("model.continuing_subword_prefix is only supported for WordPiece");
      }
    }

    private static Optional<String> text(JsonElement element) {
      return element.isJsonNull() ? Optional.empty() : Optional.of(element.getAsString());
    }

    /** Without it a text with an unknown word cannot be encoded. */
    void requireUnknown() {
      if (unknown.isPresent() && !unknownSeen) {
        throw invalid("model.unk_token is \"" + unknown.get() + "\", which is not in model.vocab");
      }
    }

    private void modelType(JsonElement type) {
      if (!type.isJsonNull() && !MODELS.contains(type.getAsString())) {
        throw invalid(
            String.format(
                Locale.ROOT,
                "model.type is %s: one of BPE, Unigram, WordLevel, WordPiece expected",
                type.getAsString()));
      }
      modelType = type.isJsonNull() ? "" : type.getAsString();
    }

    private void vocabulary(JsonReader reader) throws IOException {
      if (reader.peek() == JsonToken.BEGIN_ARRAY) {
        unigramVocabulary(reader);
        return;
      }
      reader.beginObject();
      while (reader.hasNext()) {
        String token = reader.nextName();
        unknownSeen |= unknown.isPresent() && unknown.get().equals(token);
        seen(token, reader.nextInt());
      }
      reader.endObject();
    }

    /** A list of [token, score]; the position is the id. */
    private void unigramVocabulary(JsonReader reader) throws IOException {
      reader.beginArray();
      for (int id = 0; reader.hasNext(); id++) {
        reader.beginArray();
        seen(reader.nextString(), id);
        reader.skipValue();
        reader.endArray();
      }
      reader.endArray();
    }

    /** The engine takes a template with unknown tokens and fails at the first text. */
    private void template(JsonElement element) {
      if (!element.isJsonObject()) {
        return;
      }
      JsonObject processor = element.getAsJsonObject();
      if (processor.has("processors")) {
        processor.getAsJsonArray("processors").forEach(this::template);
      }
      if (!processor.has("special_tokens") || !processor.get("special_tokens").isJsonObject()) {
        return;
      }
      JsonObject known = processor.getAsJsonObject("special_tokens");
      for (String side : new String[] {"single", "pair"}) {
        if (processor.has(side) && processor.get(side).isJsonArray()) {
          processor.getAsJsonArray(side).forEach(piece -> piece(piece, side, known));
          sequences(processor.getAsJsonArray(side), side);
        }
      }
      for (String token : known.keySet()) {
        JsonElement ids = member(known.getAsJsonObject(token), "ids", "special_tokens");
        ids.getAsJsonArray().forEach(id -> seen(token, id.getAsInt()));
      }
    }

    /** The engine reads a second text where there is one only. */
    private void sequences(JsonArray pieces, String side) {
      int[] count = new int[2];
      for (JsonElement piece : pieces) {
        JsonElement sequence = piece.getAsJsonObject().get("Sequence");
        if (sequence != null) {
          String id = member(sequence.getAsJsonObject(), "id", "Sequence").getAsString();
          count[id.equals("A") ? 0 : 1]++;
        }
      }
      if (count[0] != 1 || count[1] != (side.equals("pair") ? 1 : 0)) {
        throw invalid(
            "post_processor: the "
                + side
                + " template must have "
                + (side.equals("pair") ? "sequence A and sequence B" : "sequence A")
                + ", once, and no other sequence");
      }
    }

    private void piece(JsonElement piece, String side, JsonObject known) {
      JsonElement special = piece.getAsJsonObject().get("SpecialToken");
      if (special == null) {
        return;
      }
      String token = member(special.getAsJsonObject(), "id", "SpecialToken").getAsString();
      if (!known.has(token)) {
        throw invalid(
            String.format(
                Locale.ROOT,
                "post_processor: the %s template names %s, which special_tokens does not define",
                side,
                token));
      }
    }

    private JsonElement member(JsonObject object, String name, String where) {
      JsonElement value = object.get(name);
      if (value == null) {
        throw invalid(where + ": an entry lacks " + name);
      }
      return value;
    }

    private void seen(String token, int id) {
      if (id < 0) {
        throw invalid(
            String.format(Locale.ROOT, "token %s has the id %d: 0 or more expected", token, id));
      }
      if (id > idMax) {
        idMax = id;
        tokenOfIdMax = token;
      }
    }

    private TokenizerException.Invalid invalid(String message) {
      return new TokenizerException.Invalid(path + ": " + message);
    }
  }
}
