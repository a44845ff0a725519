package dev.gatun.router.port;

import java.util.List;

/**
 * How an encoder model computes what signals want to know about one text.
 *
 * @param signals types of the signals whose answers come from this computation
 * @param plan {@code trunk}, or how several tasks share the trunk
 * @param layers that are computed
 * @param rows of the first layer: tokens of all windows
 * @param passes how often the text is carried through a layer: what all tasks share counts once
 * @param alone the same with a computation of its own for each task
 * @param cost in layers × tokens, the reading of weights included
 * @param separate the same with a computation of its own for each task and window
 */
public record EncoderPlan(
    String model,
    List<String> signals,
    String plan,
    int layers,
    int rows,
    double passes,
    double alone,
    double cost,
    double separate) {

  public EncoderPlan {
    signals = List.copyOf(signals);
  }
}
