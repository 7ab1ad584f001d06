/** Base64 without padding, as PHC strings have it. */
export const unpadded = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
