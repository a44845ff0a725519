/** Models to measure where none was downloaded, and what measuring needs beside a model. */
package dev.gatun.bench.model;
