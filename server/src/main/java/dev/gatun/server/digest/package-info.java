/** Names of contents: equal for two files or texts that are the same. */
package dev.gatun.server.digest;
