package dev.gatun.server.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.pipeline.Reasoning;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A Chat Completions request: what routing needs to know of it, and where in the client's own bytes
 * the few values lie that may change. The body is never written anew from a tree, so member order,
 * number format, white space and unknown members reach the backend as the client sent them.
 */
public final class ChatRequest {
  private final byte[] body;
  private final String model;
  private final Span modelSpan;
  private final boolean stream;
  private final @Nullable StreamOptions options;
  private final MemberSpans spans;
  private final Conversation conversation;
  private final boolean textOnly;
  private final long answerTokens;

  private ChatRequest(byte[] body, Members members) {
    this.body = body;
    this.model = members.model;
    this.modelSpan = members.modelSpan;
    this.stream = members.stream;
    this.options = members.options;
    this.spans = members.spans;
    this.conversation = Chat.conversation(members.messages, members.tools, members.metadata);
    this.textOnly = Chat.isTextOnly(members.messages);
    this.answerTokens = Chat.answerTokens(members.answerMax, members.completionMax);
  }

  /**
   * Reads and checks a body.
   *
   * @param body UTF-8; kept, not copied: the caller must not change it afterwards
   * @throws ApiException 400 when it is not JSON or a required member is missing or mistyped
   */
  public static ChatRequest parse(byte[] body) {
    Members members = new Members();
    refuseOtherEncodings(body);
    try (JsonParser parser = Json.MAPPER.createParser(body)) {
      members.read(parser);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
    members.check();
    return new ChatRequest(body, members);
  }

  /** The {@code model} member as the client wrote it; not empty. */
  public String model() {
    return model;
  }

  /** Tokens that the answer may have, as far as the client says; else 0. */
  public long answerTokens() {
    return answerTokens;
  }

  /** Whether the client wants server-sent events. */
  public boolean stream() {
    return stream;
  }

  /** Whether the client itself asked for the usage chunk at the end of a stream. */
  public boolean usageWanted() {
    return options != null && options.includeUsage;
  }

  /** Whether no message has a picture, a sound or a file. */
  public boolean isTextOnly() {
    return textOnly;
  }

  public Conversation conversation() {
    return conversation;
  }

  /** Whether the client says how much the model is to reason. */
  public boolean hasReasoningEffort() {
    return spans.value(ReasoningEdits.EFFORT).filter(span -> !isNull(span)).isPresent();
  }

  private boolean isNull(Span span) {
    return body[span.start()] == 'n';
  }

  /**
   * The body for a backend: the client's bytes with another model name, with what is decided about
   * reasoning and, for a stream, with {@code stream_options.include_usage} set.
   */
  public byte[] forwarded(String upstreamModel, Reasoning.Changes reasoning) {
    List<Edit> edits = new ArrayList<>(ReasoningEdits.of(body, spans, reasoning));
    if (!upstreamModel.equals(model)) {
      edits.add(
          new Edit(modelSpan, Json.bytes(Json.MAPPER.getNodeFactory().textNode(upstreamModel))));
    }
    if (stream && !usageWanted()) {
      usageEdit(edits);
    }
    return Edit.apply(body, edits);
  }

  private void usageEdit(List<Edit> edits) {
    if (options == null) {
      edits.add(Edit.insert(spans.end(), ",\"stream_options\":{\"include_usage\":true}"));
    } else if (options.usageSpan != null) {
      edits.add(Edit.replace(options.usageSpan, "true"));
    } else if (options.isNull) {
      edits.add(Edit.replace(options.span, "{\"include_usage\":true}"));
    } else if (options.isObject) {
      String separator = options.isEmpty ? "" : ",";
      edits.add(Edit.insert(options.span.end() - 1, separator + "\"include_usage\":true"));
    }
    // Any other type is the backend's to refuse.
  }

  /** UTF-16 and UTF-32 would be understood by the JSON reader but break the byte offsets. */
  private static void refuseOtherEncodings(byte[] body) {
    for (int i = 0; i < Math.min(4, body.length); i++) {
      int b = body[i] & 0xff;
      if (b == 0 || b >= 0xef) {
        throw notUtf8();
      }
    }
    if (!Utf8.isValid(body)) {
      throw notUtf8();
    }
  }

  private static ApiException notUtf8() {
    return new ApiException(ErrorCode.MALFORMED_JSON, "malformed JSON body: not plain UTF-8");
  }

  private static ApiException malformed(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : String.format(
                Locale.ROOT,
                " near line %d, column %d",
                e.getLocation().getLineNr(),
                e.getLocation().getColumnNr());
    String why = "";
    if (e instanceof StreamConstraintsException) {
      why = ": it nests too deep, has too many values, or a number or name in it is too long";
    } else if (e.getOriginalMessage().startsWith("Duplicate")) {
      why = ": a member is written twice";
    }
    return new ApiException(ErrorCode.MALFORMED_JSON, "malformed JSON body" + why + where);
  }

  /** Bytes {@code [start, end)} of the body. */
  record Span(int start, int end) {}

  /** What is known of {@code stream_options}. */
  private record StreamOptions(
      Span span,
      boolean isObject,
      boolean isNull,
      boolean isEmpty,
      @Nullable Span usageSpan,
      boolean includeUsage) {}

  /** The members met while reading; one pass over the tokens. */
  private static final class Members {
    String model = "";
    Span modelSpan = new Span(0, 0);
    JsonNode modelNode = MissingNode.getInstance();
    JsonNode streamNode = MissingNode.getInstance();
    boolean stream;
    @Nullable StreamOptions options;
    JsonNode messages = MissingNode.getInstance();
    JsonNode tools = MissingNode.getInstance();
    JsonNode metadata = MissingNode.getInstance();
    JsonNode answerMax = MissingNode.getInstance();
    JsonNode completionMax = MissingNode.getInstance();
    final MemberSpans spans = new MemberSpans();

    void read(JsonParser parser) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        if (parser.currentToken() == null) {
          throw new ApiException(ErrorCode.MALFORMED_JSON, "malformed JSON body: it is empty");
        }
        parser.skipChildren();
        refuseMore(parser);
        throw new ApiException(
            ErrorCode.INVALID_REQUEST, "invalid request body: a JSON object is expected");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int written = start(parser);
        parser.nextToken();
        int start = start(parser);
        switch (name) {
          case "model" -> {
            modelNode = parser.readValueAsTree();
            modelSpan = new Span(start, end(parser));
          }
          case "messages" -> messages = parser.readValueAsTree();
          case "tools" -> tools = parser.readValueAsTree();
          case "metadata" -> metadata = parser.readValueAsTree();
          case "stream" -> streamNode = parser.readValueAsTree();
          case "max_tokens" -> answerMax = parser.readValueAsTree();
          case "max_completion_tokens" -> completionMax = parser.readValueAsTree();
          case "stream_options" -> options = options(parser, start);
          default -> parser.skipChildren();
        }
        parser.finishToken();
        spans.add(name, written, new Span(start, end(parser)));
      }
      spans.end(start(parser));
      refuseMore(parser);
    }

    private static void refuseMore(JsonParser parser) throws IOException {
      if (parser.nextToken() != null) {
        throw new ApiException(
            ErrorCode.MALFORMED_JSON, "malformed JSON body: text after the JSON value");
      }
    }

    private static StreamOptions options(JsonParser parser, int start) throws IOException {
      boolean isObject = parser.currentToken() == JsonToken.START_OBJECT;
      boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
      boolean isEmpty = true;
      boolean wanted = false;
      Span usage = null;
      if (!isObject) {
        parser.skipChildren();
      }
      while (isObject && parser.nextToken() == JsonToken.FIELD_NAME) {
        isEmpty = false;
        boolean isUsage = parser.currentName().equals("include_usage");
        parser.nextToken();
        int valueStart = start(parser);
        wanted |= isUsage && parser.currentToken() == JsonToken.VALUE_TRUE;
        parser.skipChildren();
        parser.finishToken();
        usage = isUsage ? new Span(valueStart, end(parser)) : usage;
      }
      parser.finishToken();
      return new StreamOptions(
          new Span(start, end(parser)), isObject, isNull, isEmpty, usage, wanted);
    }

    void check() {
      if (messages.isMissingNode() || messages.isNull()) {
        throw invalid("messages field is required", "messages");
      }
      if (!messages.isArray()) {
        throw invalid("messages field must be an array", "messages");
      }
      MessageFault.in(messages)
          .ifPresent(fault -> {
            throw invalid("invalid request body: " + fault.message(), fault.place());
          });
      if (modelNode.isMissingNode() || modelNode.isNull() || modelNode.asText().isEmpty()) {
        throw invalid("invalid request body: missing required field: model", "model");
      }
      if (!modelNode.isTextual()) {
        throw invalid(
            "invalid request body: field model must be a string, got " + type(modelNode), "model");
      }
      model = modelNode.textValue();
      if (!streamNode.isMissingNode() && !streamNode.isNull() && !streamNode.isBoolean()) {
        throw invalid(
            "invalid request body: field stream must be boolean, got " + type(streamNode),
            "stream");
      }
      stream = streamNode.asBoolean(false);
    }

    private static String type(JsonNode node) {
      return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    private static ApiException invalid(String message, String param) {
      return new ApiException(ApiError.of(ErrorCode.INVALID_REQUEST, message, param));
    }

    private static int start(JsonParser parser) {
      return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser parser) {
      return (int) parser.currentLocation().getByteOffset();
    }
  }
}
