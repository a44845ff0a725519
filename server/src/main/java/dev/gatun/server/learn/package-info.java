/** Fits heads and calibrates classifiers on labelled texts. Pure arithmetic: no model runs here. */
@NullMarked
package dev.gatun.server.learn;

import org.jspecify.annotations.NullMarked;
