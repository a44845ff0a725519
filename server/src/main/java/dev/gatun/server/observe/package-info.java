/** What the process tells of itself; nothing else names a metric. */
package dev.gatun.server.observe;
