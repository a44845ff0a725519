/** The bench of other engines, run in the same rounds as ours, and what it found. */
package dev.gatun.bench.peers;
