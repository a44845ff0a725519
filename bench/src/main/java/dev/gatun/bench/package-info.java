/** Measurements: one command per subject, a table for people and JSON for programs. */
package dev.gatun.bench;
