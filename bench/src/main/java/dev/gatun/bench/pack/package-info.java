/** {@code gatun bench pack}: what the embedded classifiers cost together. */
@NullMarked
package dev.gatun.bench.pack;

import org.jspecify.annotations.NullMarked;
