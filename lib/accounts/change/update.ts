import { isDeepStrictEqual } from "node:util";
import type { Actor, RequestContext } from "../../audit/audit-event.ts";
import { Failure } from "../../errors.ts";
import { queueMessage } from "../../messages/outbox.ts";
import { favoritesKey, portalAccountKey } from "../../table/keys.ts";
import type { AccountItem } from "../../table/records.ts";
import { retryOnConflict, rightsHeldBy, type TransactionPart, toggle } from "../../table/transact.ts";
import { accountChange, accountView, withDocument } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import { type Document, documentErrors } from "../account/document.ts";
import type { CallerRights } from "../account/properties.ts";
import { getTarget } from "../account/target.ts";
import { latestDay } from "../account/time-zone.ts";
import type { Portal } from "../portal.ts";
import { applySteps, type Step } from "./steps.ts";

const favoritesMax = 5000;

/** Who changes which account, and when. */
interface Update {
  readonly portal: Portal;
  readonly viewer: CallerRights & {
    readonly favorites: ReadonlySet<string>;
    readonly rightsHeld: TransactionPart | undefined;
  };
  readonly actor: Actor;
  readonly context: RequestContext;
  readonly path: Readonly<Record<string, string>>;
  /** `target` is the item of `targetKey`. */
  readonly found: { readonly target: AccountItem | undefined };
  /** The same as it is now. @throws Failure when the caller would not be admitted any more */
  readonly refresh: () => Promise<Update>;
}

/** Whether a change gives somebody rights or takes them away. */
const changesRights = (before: Document, after: Document) =>
  (["roles", "locked", "activationRequired"] as const).some((name) => !isDeepStrictEqual(before[name], after[name]));

/**
 * Applies the steps of a PUT or PATCH to an account, all or none, and gives the account as the caller is then shown it.
 * When the account has been changed meanwhile the steps are applied to what it is now, so that simultaneous changes of
 * different properties both survive, and the caller is judged again.
 * @throws Failure kAccessDenied, kInvalidArgument, kValidationError, kNotFound
 */
export async function updateAccount(request: Update, readSteps: () => readonly Step[]): Promise<object> {
  return retryOnConflict(request, async ({ portal, viewer, actor, path, found, context }) => {
    const { now } = context;
    const { account, access } = getTarget(found.target, path, viewer);
    // Only now: nobody learns of a fault in what they may not know of.
    const steps = readSteps();
    const change = applySteps(account.document, steps, account.id, viewer);
    const fieldErrors = documentErrors(change.document, latestDay(now), account.document);
    if (fieldErrors.length > 0) throw new Failure("kValidationError", fieldErrors);
    const document = change.document as Document;
    const ownMark = change.favorite;
    const touchesAccount = steps.some(({ path }) => path[0] !== "favorite");
    const after = touchesAccount ? withDocument(account, document, viewer, now) : account;

    const parts: TransactionPart[] = [];
    if (touchesAccount) parts.push(accountChange(account, after));
    if (ownMark !== undefined && viewer.id !== undefined && ownMark !== viewer.favorites.has(account.id)) {
      const key = favoritesKey({ ...portal, id: viewer.id });
      parts.push(toggle(key, account.id, ownMark, favoritesMax, "kInvalidArgument"));
    }
    if (changesRights(account.document, document)) parts.push(...rightsHeldBy(viewer, portalAccountKey(account)));
    if (touchesAccount && document.mobile !== account.document.mobile) {
      const notice = { kind: "mobileChanged", to: account.email, practiceName: portal.practiceName } as const;
      parts.push(await queueMessage(notice, now));
    }
    const changed = [...new Set(steps.map(({ path }) => path.join(".")))];
    if (parts.length > 0) parts.push(accountEvent(portal, "account.updated", account.id, actor, context, changed));

    const favorites = new Set(viewer.favorites);
    if (ownMark === true) favorites.add(account.id);
    if (ownMark === false) favorites.delete(account.id);
    return { parts, answer: accountView(after, { access, caller: viewer, favorites, now }) };
  });
}
