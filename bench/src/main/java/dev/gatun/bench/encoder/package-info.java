/** {@code gatun bench encoder}: which cases to measure, in which processes, in which order. */
package dev.gatun.bench.encoder;
