/**
 * Fetches model repositories of a Hugging Face hub: lists one commit, chooses the files that the
 * engine reads, downloads them so that a broken transfer goes on where it stopped, and checks every
 * byte against what the hub says of it.
 *
 * <p>{@link dev.gatun.server.hub.Hub} is the entry.
 */
package dev.gatun.server.hub;
