/** Random use for a long time: no error, and no memory that goes on growing. */
package dev.gatun.bench.soak;
