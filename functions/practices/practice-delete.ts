import * as z from "zod";
import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { auditEvent } from "../../lib/audit/audit-event.ts";
import { Failure } from "../../lib/errors.ts";
import { RecordId } from "../../lib/practices/io-fields.ts";
import { moveClaim, moveName } from "../../lib/practices/unique-names.ts";
import {
  directAddressKey,
  directDomainKey,
  portalSettingsKey,
  practiceEventKey,
  practiceKey,
  webAddressKey,
} from "../../lib/table/keys.ts";
import { queryRange } from "../../lib/table/page.ts";
import type { Key, PracticeId } from "../../lib/table/records.ts";
import { remove, retryOnConflict } from "../../lib/table/transact.ts";

/** Deletes an inactive practice that holds nothing else, and releases its names. */
export const handler = operation("PracticeDelete", byCredentials, {
  target: "accountId",
  fields: z.object({ accountId: RecordId }),
  reads: (scope) => ({ practice: practiceKey(scope) }),
  page: keysInside,
  errors: [4131, 4135, 4136],
  run: (request) =>
    retryOnConflict(request, async (now) => {
      const { found, actor, context } = now;
      const before = found.practice;
      if (!before) throw new Failure(4131);
      if (before.active) throw new Failure(4135);
      const own = [portalSettingsKey(before), directAddressKey(before, before.directAddress ?? "")].map(({ sk }) => sk);
      const inside = now === request ? now.page : await keysInside(before);
      if (inside.some((sk) => !own.includes(sk))) throw new Failure(4136);
      const auditEntry = { what: "practice.deleted", record: { accountId: before.accountId }, changed: [] };
      return {
        parts: [
          remove(practiceKey(before), before),
          remove(portalSettingsKey(before)),
          ...moveName(before.websiteAddress, undefined, webAddressKey, before, context.now, 4140),
          ...moveName(before.directDomain, undefined, directDomainKey, before, context.now, 4150),
          ...moveClaim(before.directAddress, undefined, (local) => directAddressKey(before, local), before, 4610),
          auditEvent((eventId) => practiceEventKey(before, eventId), auditEntry, actor, context),
        ],
        answer: { accountId: before.accountId, action: "delete" },
      };
    }),
});

/** Before and after the audit events a practice has one item of its own at most, so a second one belongs to something else. */
const enough = 2;

/** The sort keys of the first items inside a practice, without its audit events, which stay. */
async function keysInside(practice: PracticeId): Promise<readonly string[]> {
  const { pk, sk: events } = practiceEventKey(practice, "");
  const ranges = [
    { from: " ", to: events },
    { from: `${events.slice(0, -1)}$`, to: "~" },
  ];
  const found = await Promise.all(
    ranges.map(async (range) => {
      const items = queryRange({ prefix: { pk, sk: "" }, ...range, descending: false, atOnce: enough });
      return (await items.next()).value ?? [];
    }),
  );
  return found.flat().map((item) => String((item as Key).sk));
}
