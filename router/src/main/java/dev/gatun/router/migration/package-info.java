/**
 * Configuration files of older layouts, moved to that of v0.3: trees of nodes in, one tree out, and
 * a list of what found no place. Nothing here knows whether the result makes sense.
 */
package dev.gatun.router.migration;
