package dev.gatun.router.pipeline;

import dev.gatun.router.model.Conversation;

/**
 * A request to be routed.
 *
 * @param requestedModel the name the client asked for; an automatic name asks for routing
 * @param requestId key of weighted choices: the session where there is one, else the request
 * @param explain whether the answer should say how every decision was judged
 */
public record RouteRequest(
    Conversation conversation, String requestedModel, String requestId, boolean explain) {}
