/** The external-engine protocol of the peers' bench: Gatun's encoder as one process of its own. */
package dev.gatun.bench.worker;
