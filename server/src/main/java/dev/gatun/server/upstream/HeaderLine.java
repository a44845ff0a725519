package dev.gatun.server.upstream;

/**
 * One header of a request or response.
 *
 * @param name lower case
 */
public record HeaderLine(String name, String value) {}
