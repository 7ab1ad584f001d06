import { hkdfSync } from "node:crypto";
import { decrypt, encrypt, isTooShort } from "./cipher.ts";
import { refetchSealSecrets, sealSecrets } from "./secret.ts";

/** Each purpose has its own key, so a text that was sealed for one purpose cannot be opened for another. */
const keyFor = (purpose: string, secret: string) =>
  Buffer.from(hkdfSync("sha256", secret, "", `frontdesk ${purpose}`, 32));

/**
 * Encrypts and authenticates a text (AES-256-GCM).
 * @param binding what the text belongs to. It is not part of the result, but is needed to open it.
 * @returns base64url of nonce, ciphertext and tag
 */
export async function seal(purpose: string, binding: string, text: string): Promise<string> {
  const [secret] = await sealSecrets();
  return encrypt(keyFor(purpose, secret), binding, text).toString("base64url");
}

/**
 * Opens a sealed text. Also opens texts that were sealed before the last rotation of the secret, and texts that another
 * instance has sealed with a newer secret than this instance knows.
 * @returns `undefined` when the text was sealed for something else, was changed, or was never sealed
 */
export async function unseal(purpose: string, binding: string, sealed: string): Promise<string | undefined> {
  const bytes = Buffer.from(sealed, "base64url");
  // No secret is fetched for it.
  if (isTooShort(bytes)) return undefined;
  for (const secrets of [sealSecrets, refetchSealSecrets]) {
    for (const secret of await secrets()) {
      const text = decrypt(keyFor(purpose, secret), binding, bytes);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}
