/**
 * Named concepts computed from signals: partitions with one winner, weighted sums, and bands of
 * sums. Pure arithmetic over what the signals said; nothing here asks a port.
 */
package dev.gatun.router.projection;
