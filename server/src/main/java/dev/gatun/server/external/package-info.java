/**
 * Models and tools of other processes that help to route: asked by HTTP or by the Model Context
 * Protocol, with bounds on it all.
 */
package dev.gatun.server.external;
