/** Models to measure where none was downloaded. */
package dev.gatun.bench.model;
