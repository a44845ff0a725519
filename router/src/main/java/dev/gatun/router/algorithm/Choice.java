package dev.gatun.router.algorithm;

import dev.gatun.router.model.ModelRef;

/**
 * The candidate that answers.
 *
 * @param reason one phrase for traces
 */
public record Choice(ModelRef candidate, String reason) {}
