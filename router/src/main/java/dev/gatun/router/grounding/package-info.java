/** What parts of an answer the text that it was given for does not support. */
package dev.gatun.router.grounding;
