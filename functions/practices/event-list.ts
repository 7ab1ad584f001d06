import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { type EventPartitions, listEvents } from "../../lib/practices/event-list.ts";
import { instant } from "../../lib/practices/io-fields.ts";
import { ListFields, nextCursor, startOf } from "../../lib/practices/io-list.ts";
import { generationOf, storedAccountId } from "../../lib/table/generation.ts";
import { deletedPracticeKey, practiceEventPrefix, practiceKey, vendorEventPrefix } from "../../lib/table/keys.ts";
import type { DeletedPractice, Practice, PracticeId } from "../../lib/table/records.ts";

const limitDefault = 100;

/** Lists the audit events of a practice, deleted ones included, or the vendor's own; newest first, page by page. */
export const handler = operation("EventList", byCredentials, {
  fields: ListFields.extend({ since: instant, until: instant }),
  reads: ({ applicationId }, { accountId }) => ({
    practice: accountId === undefined ? undefined : practiceKey({ applicationId, accountId }),
    deleted: accountId === undefined ? undefined : deletedPracticeKey({ applicationId, accountId }),
  }),
  errors: [4131],
  async run({ fields: { accountId, since, until, limit = limitDefault, cursor }, found, caller }) {
    const { applicationId } = caller.vendor;
    const binding = ["EventList", applicationId, accountId ?? "", String(since), String(until)];
    const start = await startOf(cursor, binding);
    const partitions =
      accountId === undefined ? ofVendor(applicationId) : ofPractice({ applicationId, accountId }, found);
    const { events, next } = await listEvents(partitions, { since, until, limit, start });
    return { eventList: events, ...(await nextCursor(next, binding)) };
  },
});

const ofVendor = (applicationId: string): EventPartitions => ({
  accountId: "",
  generation: 0,
  prefixOf: () => vendorEventPrefix(applicationId),
});

/** @throws Failure 4131 for a key that no practice has or had */
function ofPractice(
  { applicationId, accountId }: PracticeId,
  { practice, deleted }: { readonly practice?: Practice | undefined; readonly deleted?: DeletedPractice | undefined },
): EventPartitions {
  if (!practice && !deleted) throw new Failure(4131);
  return {
    accountId,
    generation: Math.max(practice ? generationOf(practice.accountId) : 0, deleted?.generation ?? 0),
    prefixOf: (generation) => practiceEventPrefix({ applicationId, accountId: storedAccountId(accountId, generation) }),
  };
}
