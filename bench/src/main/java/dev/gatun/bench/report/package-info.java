/** Results as rows, and rows as JSON, tables for people, and SVG plots. */
package dev.gatun.bench.report;
