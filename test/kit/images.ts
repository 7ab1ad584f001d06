import { newId } from "../../lib/crypto/random.ts";
import { portalAccountKey, practiceKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import type { AccountItem, PortalAccountId, StoredImage } from "../../lib/table/records.ts";
import { setAttributes, write } from "../../lib/table/transact.ts";
import { pictures } from "../../openapi/samples.ts";

/**
 * What the worker does last when it has processed an upload, without files. `test/functions/workers` tests the worker
 * itself.
 */

/** The item of an account. */
export async function accountItemOf(account: PortalAccountId): Promise<AccountItem> {
  const { item } = await readItems({ item: portalAccountKey(account) });
  if (!item) throw new Error("expected an account");
  return item;
}

/** Changes the image that an account has. @param stated its practice by the caller's own key */
async function change(stated: PortalAccountId, changed: Partial<StoredImage>): Promise<void> {
  const { practice } = await readItems({ practice: practiceKey(stated) });
  const account = { ...stated, accountId: practice?.accountId ?? stated.accountId };
  const { image } = await accountItemOf(account);
  if (!image) throw new Error("expected an account with an image");
  await write(() => [setAttributes(portalAccountKey(account), { image: { ...image, ...changed } }, "changed")]);
}

/** Makes the image of an account ready. */
export const finishImage = (account: PortalAccountId): Promise<void> => change(account, { state: 2, ...pictures });

/** Gives accounts without an image one that is ready. */
export async function giveImages(accounts: readonly PortalAccountId[]): Promise<void> {
  const now = new Date();
  for (let start = 0; start < accounts.length; start += 50) {
    const parts = accounts.slice(start, start + 50).map((account) => {
      const begun = { uploadId: newId(now), creator: account.id, filename: "me.jpg", uploadEndsAt: now.getTime() };
      return setAttributes(portalAccountKey(account), { image: { ...begun, state: 2, ...pictures } }, "changed");
    });
    await write(() => parts);
  }
}

/** Why the image of `refuseImage` could not be used. */
export const refusal = "The file is not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture.";

/** Makes the image of an account one that could not be used. */
export const refuseImage = (account: PortalAccountId): Promise<void> => change(account, { state: 3, reason: refusal });

/** Says that the image of an account is being processed. */
export const beginImage = (account: PortalAccountId): Promise<void> => change(account, { state: 1 });
