/** Answers language-neutral cases about pure functions, one JSON object a line. */
package dev.gatun.server.conformance;
