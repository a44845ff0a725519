/** How near a model of lower precision stays to fp32, by the method of the peers' bench. */
package dev.gatun.bench.fidelity;
