import type { Actor, RequestContext } from "../../audit/audit-event.ts";
import { Failure } from "../../errors.ts";
import { favoritesKey, portalAccountKey } from "../../table/keys.ts";
import type { AccountItem, Session, Totp } from "../../table/records.ts";
import { retryOnConflict, rightsHeldBy, type TransactionPart, toggle } from "../../table/transact.ts";
import { accountChange, accountView, authorId, withDocument } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import { type Document, documentErrors } from "../account/document.ts";
import type { CallerRights } from "../account/properties.ts";
import { getTarget } from "../account/target.ts";
import { latestDay } from "../account/time-zone.ts";
import { changeImage, imageErrors } from "../image/change.ts";
import type { Portal } from "../portal.ts";
import { isLeftUnconfirmed, mobileNotices } from "./mobile.ts";
import { applySteps, type Step } from "./steps.ts";

const favoritesMax = 5000;

/** A request to change an account. */
interface Update {
  readonly portal: Portal;
  readonly viewer: CallerRights & {
    readonly session: Session | undefined;
    readonly favorites: ReadonlySet<string>;
    readonly rightsHeld: TransactionPart | undefined;
    readonly accessHeld: TransactionPart | undefined;
  };
  readonly actor: Actor;
  readonly context: RequestContext;
  readonly path: Readonly<Record<string, string>>;
  /** `target` is the item of `targetKey`, `totp` that of `totpKeyForChange`. */
  readonly found: { readonly target: AccountItem | undefined; readonly totp: Totp | undefined };
  /** Reads all of it again. @throws Failure when the caller is no longer admitted */
  readonly refresh: () => Promise<Update>;
}

/**
 * Applies the steps of a PUT or PATCH to an account, all or none, and returns the account as the caller then sees it.
 * When the account has been changed in the meantime, the caller is checked again and the steps are applied to the new
 * state. So simultaneous changes of different properties both survive.
 * @throws Failure kAccessDenied, kInvalidArgument, kValidationError, kNotFound
 */
export async function updateAccount(request: Update, readSteps: () => readonly Step[]): Promise<object> {
  return retryOnConflict(request, async ({ portal, viewer, actor, path, found, context }) => {
    const { now } = context;
    const { account, access } = getTarget(found.target, path, viewer);
    // Read the steps only now. A caller who may not see the account gets kNotFound, even when their steps are wrong.
    const steps = readSteps();
    const change = applySteps(account.document, steps, account, viewer);
    const fieldErrors = [
      ...documentErrors(change.document, latestDay(now), account.document),
      ...imageErrors(change.image),
    ];
    if (fieldErrors.length > 0) throw new Failure("kValidationError", fieldErrors);
    const document = change.document as Document;
    const ownMark = change.favorite;
    const touchesAccount = steps.some(({ path }) => path[0] !== "favorite");
    const { image, parts: imageParts, uploads } = await changeImage(account, change.image, authorId(viewer), now);
    const mobileUnconfirmed = isLeftUnconfirmed(account, steps, viewer);
    const after = touchesAccount
      ? { ...withDocument(account, document, viewer, now), image, mobileUnconfirmed }
      : account;

    const parts: TransactionPart[] = [];
    if (touchesAccount) parts.push(accountChange(account, after), ...imageParts);
    const marks = ownMark !== undefined && viewer.id !== undefined && ownMark !== viewer.favorites.has(account.id);
    if (marks) {
      const key = favoritesKey({ ...portal, id: viewer.id });
      parts.push(toggle(key, account.id, ownMark, favoritesMax, "kInvalidArgument"));
    }
    // Their rights and their access may end at any moment, and then they write nothing more, not even a mark: nobody would
    // delete the marks of a caller who is erased at the same moment.
    if (parts.length > 0) parts.push(...rightsHeldBy(viewer, touchesAccount ? portalAccountKey(account) : undefined));
    if (parts.length > 0 && viewer.accessHeld) parts.push(viewer.accessHeld);
    parts.push(...(await mobileNotices(account, document, { portal, viewer, totp: found.totp, now })));
    const changed = [...new Set(steps.map(({ path }) => path.join(".")))];
    if (parts.length > 0) parts.push(accountEvent(portal, "account.updated", account.id, actor, context, changed));

    const favorites = new Set(viewer.favorites);
    if (ownMark === true) favorites.add(account.id);
    if (ownMark === false) favorites.delete(account.id);
    const view = accountView(after, { access, caller: viewer, favorites, now });
    return { parts, answer: uploads ? { ...view, image: { ...(view.image as object), uploads } } : view };
  });
}
