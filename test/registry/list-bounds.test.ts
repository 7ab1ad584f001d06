import { globSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { documents } from "../../lib/table/client.ts";
import { type Holder, openPortal, roles, type TestPortal } from "../kit/portal.ts";
import { call, makePractice, type Response, type TestPractice } from "../kit/system.ts";

/**
 * A list that finds little reads on, up to a bound: otherwise one call could read a whole portal. Here the table answers every query of
 * a list with a page that has nothing to show, and says each time that more follows.
 */

/** What the stubbed table gives for each query. */
interface Stub {
  /** What the sort keys of the list begin with. */
  readonly prefix: string;
  /** The items of the page that follows the first `place` pages. */
  readonly items: (place: number, limit: number) => readonly object[];
}

/** More queries than any list may send: a list without a bound ends here. */
const endless = 200;

interface QueryInput {
  readonly Limit?: number;
  readonly ExpressionAttributeValues?: Readonly<Record<string, string>>;
}

/** Makes a call while the pages of a list never end. @returns its answer and how many queries it sent */
async function whileEndless({ prefix, items }: Stub, work: () => Promise<Response>) {
  let queries = 0;
  documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { Limit = 1000, ExpressionAttributeValues: values = {} } = args.input as QueryInput;
        if (commandName !== "QueryCommand" && commandName !== "Query") return next(args);
        if (!String(values[":from"]).startsWith(prefix)) return next(args);
        queries += 1;
        if (queries > endless) throw new Error("the list reads on and on");
        const output = {
          $metadata: {},
          Items: items(queries, Limit),
          LastEvaluatedKey: { pk: "more", sk: String(queries) },
        };
        return { output, response: {} } as never;
      },
    { step: "initialize", name: "endless list" },
  );
  try {
    return { answer: await work(), queries };
  } finally {
    documents.middlewareStack.remove("endless list");
  }
}

const none = () => [];
/** Items that stand in the place of events, and are not shown. Each has a key of its own, the newest first. */
const voids = (place: number, limit: number) =>
  Array.from({ length: limit }, (_, index) => ({
    pk: "PRACTICE#x",
    sk: `EVENT#${(1e12 - place * 1e4 - index).toString(16).padStart(24, "0")}`,
    type: "void",
  }));

let portal: TestPortal;
let holder: Holder;
let administrator: Holder;
let practice: TestPractice;
beforeAll(async () => {
  portal = await openPortal();
  holder = await portal.register();
  administrator = await portal.signedIn([roles.administrator]);
  practice = await makePractice({ accountId: "bounds" });
});

/** A list, the constant that bounds it, and the queries that it may send. */
interface Bounded extends Stub {
  readonly list: string;
  readonly constant: string;
  readonly queries: number;
  readonly send: () => Promise<Response>;
}

const bounded: readonly Bounded[] = [
  {
    list: "AccountList, with a filter that nobody matches",
    constant: "lib/accounts/list/query.ts readsMax 25",
    queries: 25,
    prefix: "ACCOUNT#",
    items: none,
    send: () => administrator.get(`accounts?where=${encodeURIComponent('{"name.last":"Nobody"}')}`),
  },
  {
    list: "ConnectionList of an administrator",
    constant: "lib/accounts/connections/list.ts readsMax 25",
    queries: 25,
    prefix: "CONNECTION#",
    items: none,
    send: () => administrator.get("connections"),
  },
  {
    list: "DeviceList",
    constant: "lib/accounts/list/held.ts readsMax 25",
    queries: 25,
    prefix: "HELDDEVICE#",
    items: none,
    send: () => holder.get("accounts/me/devices"),
  },
  {
    list: "SessionList",
    constant: "lib/accounts/list/held.ts readsMax 25",
    queries: 25,
    prefix: "HELDSESSION#",
    items: none,
    send: () => holder.get("accounts/me/sessions"),
  },
  {
    list: "AccountEventList, in pages of 250 events",
    constant: "lib/accounts/list/events.ts eventsMax 1000",
    queries: 4,
    prefix: "EVENT#",
    items: voids,
    send: () => administrator.get("accounts/me/events"),
  },
  {
    list: "EventList",
    constant: "lib/practices/event-list.ts queriesMax 40",
    queries: 40,
    prefix: "EVENT#",
    items: voids,
    send: () => call("EventList", { auth: practice, accountId: practice.accountId }),
  },
];

describe("a list whose pages have nothing to show, and do not end", () => {
  it.each(bounded)("sends $queries queries and says that there is more: $list", async ({ queries, send, ...stub }) => {
    const seen = await whileEndless(stub, send);
    expect(seen.answer.status, seen.answer.text).toBe(200);
    expect(seen.queries).toBe(queries);
    const { json } = seen.answer;
    expect(json.hasMore === true || typeof json.cursor === "string", seen.answer.text).toBe(true);
  });
});

it("every bound of that kind in the sources is tried here", () => {
  const stated = globSync("lib/**/*.ts").flatMap((file) =>
    [
      ...readFileSync(file, "utf8").matchAll(
        /^(?:export )?const (readsMax|queriesMax|eventsMax|scansMax|pagesMax) = ([\d_]+);/gm,
      ),
    ].map(([, name, value]) => `${file.replaceAll("\\", "/")} ${name} ${value}`),
  );
  expect(stated.sort()).toEqual([...new Set(bounded.map(({ constant }) => constant))].sort());
});
