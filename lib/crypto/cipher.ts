import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Whether bytes are too few for a text that was encrypted. */
export const isTooShort = (bytes: Buffer): boolean => bytes.length < nonceBytes + tagBytes;

/**
 * Encrypts and authenticates a text (AES-256-GCM).
 * @param key 32 bytes
 * @param binding what the text belongs to. It is not part of the result, but is needed to decrypt it.
 * @returns nonce, ciphertext and tag
 */
export function encrypt(key: Buffer, binding: string, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const encryption = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(binding));
  return Buffer.concat([nonce, encryption.update(text, "utf8"), encryption.final(), encryption.getAuthTag()]);
}

/** Decrypts what `encrypt` returned; `undefined` when key or binding are others, or the bytes were changed. */
export function decrypt(key: Buffer, binding: string, bytes: Buffer): string | undefined {
  if (isTooShort(bytes)) return undefined;
  const tagStart = bytes.length - tagBytes;
  const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(binding))
    .setAuthTag(bytes.subarray(tagStart));
  try {
    return decryption.update(bytes.subarray(nonceBytes, tagStart), undefined, "utf8") + decryption.final("utf8");
  } catch {
    return undefined;
  }
}
