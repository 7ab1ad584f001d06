import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { auditEvent } from "../../lib/audit/audit-event.ts";
import { Failure } from "../../lib/errors.ts";
import { RecordId } from "../../lib/practices/io-fields.ts";
import { moveClaim, moveName } from "../../lib/practices/unique-names.ts";
import { waitForAll } from "../../lib/table/deadline.ts";
import {
  directAddressKey,
  directDomainKey,
  organizationCounterKey,
  passwordResetKey,
  portalSettingsKey,
  practiceEventKey,
  practiceKey,
  webAddressKey,
} from "../../lib/table/keys.ts";
import { queryRange } from "../../lib/table/page.ts";
import type { Key, Practice } from "../../lib/table/records.ts";
import { remove, retryOnConflict } from "../../lib/table/transact.ts";

/** Deletes an inactive practice that holds nothing else, and releases its names. */
export const handler = operation("PracticeDelete", byCredentials, {
  target: "accountId",
  fields: z.object({ accountId: RecordId }),
  reads: (scope) => ({ practice: practiceKey(scope) }),
  errors: [4131, 4135, 4136],
  run: (request) =>
    retryOnConflict(request, async (now) => {
      const { found, actor, context } = now;
      const before = found.practice;
      if (!before) throw new Failure(4131);
      if (before.active) throw new Failure(4135);
      // Only after the practice was read: until it was inactive, records could still come in.
      if (await holdsRecords(before)) throw new Failure(4136);
      const auditEntry = { what: "practice.deleted", record: { accountId: before.accountId }, changed: [] };
      return {
        parts: [
          remove(practiceKey(before), before),
          remove(portalSettingsKey(before)),
          remove(organizationCounterKey(before)),
          ...moveName(before.websiteAddress, undefined, webAddressKey, before, context.now, 4140),
          ...moveName(before.directDomain, undefined, directDomainKey, before, context.now, 4150),
          ...moveClaim(before.directAddress, undefined, (local) => directAddressKey(before, local), before, 4610),
          auditEvent((eventId) => practiceEventKey(before, eventId), auditEntry, actor, context),
        ],
        answer: { accountId: before.accountId, action: "delete" },
      };
    }),
});

/** A practice has at most three items of its own: settings, the claim of its Direct address, and a counter. */
const enough = 4;

/** Whether anything lies inside a practice, apart from its own items, audit events, and password resets, which expire. */
async function holdsRecords(practice: Practice): Promise<boolean> {
  const { pk, sk: events } = practiceEventKey(practice, "");
  const { sk: resets } = passwordResetKey(practice, "");
  const [, resetPrefix = ""] = /^(\w+#)/.exec(resets) ?? [];
  const after = (prefix: string) => `${prefix.slice(0, -1)}$`;
  const ranges = [
    { from: " ", to: events },
    { from: after(events), to: resetPrefix },
    { from: after(resetPrefix), to: "~" },
  ];
  const found = await waitForAll(
    ranges.map(async (range) => {
      const items = queryRange<Key>({ prefix: { pk, sk: "" }, ...range, descending: false, atOnce: enough });
      return ((await items.next()).value ?? []) as readonly Key[];
    }),
  );
  const own = [
    portalSettingsKey(practice),
    organizationCounterKey(practice),
    directAddressKey(practice, practice.directAddress ?? ""),
  ];
  return found.flat().some(({ sk }) => !own.some((key) => key.sk === sk));
}
