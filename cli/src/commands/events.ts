import type { Command } from "commander";
import type { AuditEvent } from "../../../client/src/client.ts";
import { eachEvent } from "../calls.ts";
import { connect } from "../connect.ts";
import { Complaint } from "../failure.ts";
import { type Columns, printRows } from "../rows.ts";
import { jsonOption, readCount } from "./list.ts";

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Ids in one line. In the order of their names, because an answer has them in any order. */
const idsOf = (ids: Readonly<Record<string, string>>) =>
  Object.entries(ids)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .filter(([name]) => name !== "kind")
    .map(([name, id]) => `${name}=${id}`)
    .join(" ");

const columns: Columns<AuditEvent> = {
  WHEN: ({ at }) => at,
  WHAT: ({ what }) => what,
  RECORD: ({ record }) => idsOf(record),
  WHO: ({ who }) => [who.kind, idsOf(who)].filter(Boolean).join(" "),
  CHANGED: ({ changed }) => changed.join(", "),
};

const examples = `
An event says who changed which fields of which record, never what the fields were or are. A deleted practice keeps its
events. Without a practice the command shows the vendor's own events.

Examples:
  frontdesk events practice-1 --since 2026-01-01
  frontdesk events practice-1 --json | jq -c 'select(.what == "user.updated")'
  frontdesk events
`;

/** Adds `events`. */
export function addEvents(program: Command): void {
  program
    .command("events [practice]")
    .description("list what was changed, when and by whom, newest first")
    .option("--since <moment>", "events at or after this: 2026-01-31 (in UTC), or 2026-01-31T08:00:00-05:00")
    .option("--until <moment>", "events before this")
    .option("--limit <number>", "how many at most", readCount)
    .addOption(jsonOption())
    .addHelpText("after", examples)
    .action(async (accountId: string | undefined, options: Options, command: Command) => {
      const wanted = { accountId, since: momentOf(options.since), until: momentOf(options.until) };
      const limit = options.limit !== undefined && options.limit < 100 ? options.limit : undefined;
      await printRows(eachEvent(connect(command), { ...wanted, limit }), columns, options);
    });
}

/** An instant. A day is its beginning in UTC. @throws Complaint for a text that is neither a day nor an instant */
function momentOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const instant = isDay ? `${text}T00:00:00Z` : text;
  if ((isDay || isInstant) && !Number.isNaN(Date.parse(instant))) return instant;
  throw new Complaint(`${text} is no moment`, "A day such as 2026-01-31, or an instant such as 2026-01-31T08:00:00Z.");
}
