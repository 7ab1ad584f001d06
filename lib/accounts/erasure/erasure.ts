import type { Actor, RequestContext } from "../../audit/audit-event.ts";
import { connectionsErasureKey, erasureKey, totpKey } from "../../table/keys.ts";
import type { Erasure } from "../../table/records.ts";
import { create, remove, type TransactionPart } from "../../table/transact.ts";
import { type Account, accountRemoval } from "../account/account.ts";
import { accountEvent } from "../account/account-event.ts";
import { deletionOf } from "../image/deletion.ts";

/**
 * Returns the parts that erase an account, unless it has changed since it was read. With this transaction nobody finds the
 * account any more, its sessions end and its address is free. The worker `clean-up` then deletes what belonged to it
 * (`rest.ts`).
 */
export function erasureOf(account: Account, actor: Actor, context: RequestContext): TransactionPart[] {
  const { applicationId, accountId, id, email, image, verificationDigest, replacedVerifications = [] } = account;
  const erasure: Erasure = {
    applicationId,
    accountId,
    id,
    email,
    requestId: context.requestId,
    connectionIds: Object.keys(account.connections ?? {}),
    verificationDigests: [...replacedVerifications, ...(verificationDigest ? [verificationDigest] : [])],
    uploadId: image?.uploadId,
  };
  return [
    ...accountRemoval(account),
    remove(totpKey(account)),
    ...(image ? [deletionOf(image.uploadId, context.now)] : []),
    create(erasureKey(id), { type: "erasure", ...erasure }, "changed"),
    accountEvent(account, "account.erased", id, actor, context),
  ];
}

/**
 * Returns the part with which a worker deletes all connections to an account; none if there are none. They end in the same
 * transaction, by a change of the account, which then lists none.
 */
export function endedConnections(account: Account, { requestId }: RequestContext): TransactionPart[] {
  const { applicationId, accountId, id, email } = account;
  const connectionIds = Object.keys(account.connections ?? {});
  if (connectionIds.length === 0) return [];
  const ids = { applicationId, accountId, id, email, requestId };
  const erasure: Erasure = { ...ids, connectionIds, verificationDigests: [], connectionsOnly: true };
  return [create(connectionsErasureKey(id, requestId), { type: "erasure", ...erasure }, "changed")];
}
