package dev.gatun.router.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Kinds of providers, and how each wants its key and its path. */
enum ProviderType {
  OPENAI("openai", "Authorization", "Bearer", "/chat/completions"),
  BEDROCK("bedrock", "Authorization", "Bearer", "/chat/completions"),
  GEMINI("gemini", "Authorization", "Bearer", "/chat/completions"),
  VERTEX_AI("vertex-ai", "Authorization", "Bearer", "/chat/completions"),
  MINIMAX("minimax", "Authorization", "Bearer", "/v1/chat/completions"),
  ANTHROPIC("anthropic", "x-api-key", "", "/v1/messages"),
  AZURE_OPENAI("azure-openai", "api-key", "", "/chat/completions");

  private final String word;
  private final String authHeader;
  private final String authPrefix;
  private final String chatSuffix;

  ProviderType(String word, String authHeader, String authPrefix, String chatSuffix) {
    this.word = word;
    this.authHeader = authHeader;
    this.authPrefix = authPrefix;
    this.chatSuffix = chatSuffix;
  }

  static Optional<ProviderType> of(String word) {
    return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(ProviderType::word).toList();
  }

  String word() {
    return word;
  }

  String authHeader() {
    return authHeader;
  }

  String authPrefix() {
    return authPrefix;
  }

  /**
   * The path of the chat endpoint.
   *
   * @param prefix path of the base URL, without a trailing slash
   * @param isBaseUrl whether the prefix comes from a base URL; a plain address without a path
   *     serves the usual {@code /v1}
   */
  String chatPath(String prefix, boolean isBaseUrl) {
    boolean bare = !isBaseUrl && chatSuffix.equals("/chat/completions");
    return bare ? path(prefix, chatSuffix) : prefix + chatSuffix;
  }

  /** The path of an endpoint of OpenAI's protocol; an address without a path serves {@code /v1}. */
  String path(String prefix, String endpoint) {
    return (prefix.isEmpty() ? "/v1" : prefix) + endpoint;
  }
}
