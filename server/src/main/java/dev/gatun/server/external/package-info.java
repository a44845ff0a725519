/** Language models of other processes that help to route: asked by HTTP, with bounds on it all. */
package dev.gatun.server.external;
