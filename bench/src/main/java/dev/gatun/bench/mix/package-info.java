/** Short requests beside a long one: what the long one costs them. */
package dev.gatun.bench.mix;
