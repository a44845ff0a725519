/** The predictions of {@code gatun classify}, a task in each file. */
package dev.gatun.server.classify;
