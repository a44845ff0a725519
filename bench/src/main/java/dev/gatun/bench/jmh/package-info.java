/**
 * The Java side of a request, measured with JMH: what is left of it when the model costs little.
 */
package dev.gatun.bench.jmh;
