package dev.gatun.router.config;

/**
 * An encoder model that a configuration names for a part of its own, which this build validates and
 * does not run yet.
 *
 * @param key where it is named
 * @param name short name or path
 */
public record NamedModel(String key, String name) {}
