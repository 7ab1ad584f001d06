import { createHash } from "node:crypto";

/**
 * Returns the SHA-256 of a text, in hex. The table stores random secrets in this form (never passwords), and also
 * values that must not be readable in keys.
 */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");
