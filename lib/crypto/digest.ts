import { createHash } from "node:crypto";

/**
 * SHA-256 of a text, in hex. In this form the table keeps secrets that are random themselves (never passwords), and
 * values that are not to be readable in keys.
 */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");
