/** Many tasks on one trunk against one. */
package dev.gatun.bench.tasks;
