package dev.gatun.router.pipeline;

import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Identity;

/**
 * A request to be routed.
 *
 * @param identity who asks; trusted, so never what a client says of itself
 * @param requestedModel the name the client asked for; an automatic name asks for routing
 * @param answerTokens what the client wants to have room for; 0 when it does not say
 * @param requestId key of weighted choices: the session where there is one, else the request
 * @param explain whether the answer should say how every decision was judged
 * @param breadth how much is evaluated; more than is needed changes no decision
 */
public record RouteRequest(
    Conversation conversation,
    Identity identity,
    String requestedModel,
    long answerTokens,
    String requestId,
    boolean explain,
    Breadth breadth) {

  /** A request for which what is needed is evaluated, and what an explanation wants. */
  public RouteRequest(
      Conversation conversation,
      Identity identity,
      String requestedModel,
      long answerTokens,
      String requestId,
      boolean explain) {
    this(
        conversation,
        identity,
        requestedModel,
        answerTokens,
        requestId,
        explain,
        explain ? Breadth.PROJECTED : Breadth.NEEDED);
  }

  /** A request of somebody who does not say how long the answer may be. */
  public RouteRequest(
      Conversation conversation,
      Identity identity,
      String requestedModel,
      String requestId,
      boolean explain) {
    this(conversation, identity, requestedModel, 0, requestId, explain);
  }

  /** A request of somebody unknown. */
  public RouteRequest(
      Conversation conversation, String requestedModel, String requestId, boolean explain) {
    this(conversation, Identity.unknown(), requestedModel, requestId, explain);
  }
}
