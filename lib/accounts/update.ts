import type { Actor, Occasion } from "../audit/event.ts";
import { Failure } from "../errors.ts";
import { queueMessage } from "../messages/outbox.ts";
import { favoritesKey } from "../table/keys.ts";
import { settle, toggle } from "../table/transact.ts";
import { type Account, accountChange, accountView, findAccount, withDocument } from "./account.ts";
import { applySteps, type Step } from "./change.ts";
import { type Document, documentFaults } from "./document.ts";
import { accountEvent } from "./event.ts";
import type { Portal } from "./portal.ts";
import type { Access, Standing } from "./properties.ts";

const favoritesMax = 5000;

/** Who changes which account how. */
interface Update {
  readonly portal: Portal;
  readonly viewer: Standing & { readonly favorites: ReadonlySet<string> };
  readonly actor: Actor;
  readonly occasion: Occasion;
  readonly target: { readonly account: Account; readonly access: Exclude<Access, 0> };
  readonly steps: readonly Step[];
}

/**
 * Applies the steps of a PUT or PATCH to an account, all or none, and gives the account as the caller is then shown it.
 * The steps are applied anew to a state that was changed meanwhile, so simultaneous changes of different properties
 * both survive.
 * @throws Failure kAccessDenied, kInvalidArgument, kValidationError, kNotFound
 */
export async function updateAccount({ portal, viewer, actor, occasion, target, steps }: Update): Promise<object> {
  const { now } = occasion;
  return settle<Account | undefined, object>(
    target.account,
    () => findAccount(target.account),
    async (account) => {
      if (!account) throw new Failure("kNotFound");
      const change = applySteps(account.document, steps, account.id, viewer);
      const faults = documentFaults(change.document, now.toISOString().slice(0, 10));
      if (faults.length > 0) throw new Failure("kValidationError", faults);
      const document = change.document as Document;
      const ownMark = change.favorite;
      const touchesAccount = steps.some(({ path }) => path[0] !== "favorite");
      const after = touchesAccount ? withDocument(account, document, viewer, now) : account;

      const parts = [];
      if (touchesAccount) parts.push(accountChange(account, after));
      if (ownMark !== undefined && viewer.id !== undefined && ownMark !== viewer.favorites.has(account.id)) {
        const key = favoritesKey({ ...portal, id: viewer.id });
        parts.push(toggle(key, account.id, ownMark, favoritesMax, "kInvalidArgument"));
      }
      if (touchesAccount && document.mobile !== account.document.mobile) {
        const notice = { kind: "mobileChanged", to: account.email, practiceName: portal.practiceName } as const;
        parts.push(await queueMessage(notice, now));
      }
      const changed = [...new Set(steps.map(({ path }) => path.join(".")))];
      if (parts.length > 0) parts.push(accountEvent(portal, "account.updated", account.id, actor, occasion, changed));

      const favorites = new Set(viewer.favorites);
      if (ownMark === true) favorites.add(account.id);
      if (ownMark === false) favorites.delete(account.id);
      return { parts, answer: accountView(after, { access: target.access, caller: viewer, favorites, now }) };
    },
  );
}
