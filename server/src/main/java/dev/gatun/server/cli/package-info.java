/**
 * The command line: one file per command, in the forms of docs/cli.md. Results go to standard
 * output, everything else to standard error.
 */
package dev.gatun.server.cli;
