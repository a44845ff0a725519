package dev.gatun.router.signal;

import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.TextTask;

/**
 * What a classifier said of a text of a request, for people: rules look at the calibrated
 * probabilities only.
 */
public record Classified(TextTask task, String text, Distribution distribution) {}
