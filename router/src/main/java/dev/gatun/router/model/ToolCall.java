package dev.gatun.router.model;

/**
 * A tool that an assistant turn asks for.
 *
 * @param id by which the result names it; empty when it has none
 * @param json as Chat Completions writes it, whatever API it came by
 */
public record ToolCall(String id, String json) {}
