import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { refetchSealSecrets, sealSecrets } from "./secret.ts";

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** Each purpose has its own key, so a text that was sealed for one purpose cannot be opened for another. */
const keyFor = (purpose: string, secret: string) =>
  Buffer.from(hkdfSync("sha256", secret, "", `frontdesk ${purpose}`, 32));

/**
 * Encrypts and authenticates a text (AES-256-GCM).
 * @param binding what the text belongs to. It is not part of the result, but is needed to open it.
 * @returns base64url of nonce, ciphertext and tag
 */
export async function seal(purpose: string, binding: string, text: string): Promise<string> {
  const nonce = randomBytes(nonceBytes);
  const [secret] = await sealSecrets();
  const encryption = createCipheriv(cipher, keyFor(purpose, secret), nonce).setAAD(Buffer.from(binding));
  const parts = [nonce, encryption.update(text, "utf8"), encryption.final(), encryption.getAuthTag()];
  return Buffer.concat(parts).toString("base64url");
}

/**
 * Opens a sealed text. Also opens texts that were sealed before the last rotation of the secret, and texts that another
 * instance has sealed with a newer secret than this instance knows.
 * @returns `undefined` when the text was sealed for something else, was changed, or was never sealed
 */
export async function unseal(purpose: string, binding: string, sealed: string): Promise<string | undefined> {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  for (const secrets of [sealSecrets, refetchSealSecrets]) {
    for (const secret of await secrets()) {
      const text = open(keyFor(purpose, secret), binding, bytes);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

function open(key: Buffer, binding: string, bytes: Buffer): string | undefined {
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
