import { beforeAll, describe, expect, it } from "vitest";
import { routePath } from "../../lib/api/routes.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { mainPath } from "../../openapi/addresses.ts";
import { descriptionOf } from "../../openapi/descriptions.ts";
import { headersOf } from "../functions/therapists/therapists-contract.ts";
import { documentedRow, readyCallInSharedWorld } from "../kit/examples.ts";
import { openPortal, type TestPortal } from "../kit/portal.ts";
import { allOperations, type Response, send } from "../kit/system.ts";

// Portals once refused a slash at the end of a path, which some clients send.

const rows = (allOperations as readonly Operation[]).filter(
  ({ family }) => family === "therapists" || family === "accounts",
);

/** What the answer of an unknown path or verb contains. */
const elsewhere = /kUnsupportedOperation|no such path|Allow header/;

/** A text without the numbers in the names of its world. */
const withoutNames = (text: string) => text.replaceAll(/(waterside|matthew|person)-\d+/g, "$1");

/** The parts of an answer that are the same each time. */
function lasting({ status, headers, cookies, text }: Response) {
  const same = withoutNames(text)
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "a uuid")
    .replaceAll(/(?!0{20})[0-9a-f]{24}/g, "an id")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "a moment")
    .replaceAll(/"recoveryCodes":\[("[^"]+",?){10}\]/g, '"recoveryCodes":["…"]')
    .replaceAll(/"(secret|uri|cursor|fingerprint|clientKey|url|value)":"[^"]+"/g, '"$1":"…"');
  const { "medable-csrf-token": token, link, location, ...others } = headers;
  return {
    status,
    json: same === "" ? undefined : JSON.parse(same),
    headers: {
      ...others,
      token: token !== undefined,
      location: location?.split("?")[0]?.split("/").at(-1),
      link: link?.replace(/cursor=[^&>]+/, "cursor=…"),
    },
    cookies: cookies.map((cookie) => withoutNames(cookie).replace(/=[^;]+/, "=…")),
  };
}

describe.each(rows)("$id", (row: Operation) => {
  const paths = [...new Set(row.paths.map((path) => path.replace(/\/$/, "")))];
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openPortal();
  });
  it.each(paths)("answers %s as it does with a slash at its end, to every caller", async (path) => {
    const id = "0123456789abcdef01234567";
    const values: Record<string, string> = { org: portal.org, id, token: "t".repeat(32), property: "name/first" };
    const target = path.replaceAll(/\{(\w+)\+?\}/g, (_, name) => values[name] ?? "7");
    const callers = [{}, { "medable-client-key": portal.clientKey }, headersOf(portal.practice)];
    for (const headers of callers as Record<string, string>[]) {
      const body = ["POST", "PUT", "PATCH"].includes(row.method) ? { id: "none" } : undefined;
      const [without, behind] = [target, `${target}/`].map((each) => send(row.method, each, { headers, body }));
      const expected = lasting((await without) as Response);
      expect(lasting((await behind) as Response)).toEqual(expected);
      // The answer is from this operation, whether it is a success or a failure.
      if (!path.endsWith("{path+}")) expect(`${JSON.stringify(expected.json)}`).not.toMatch(elsewhere);
    }
  });
  it("answers only its own paths, and nothing below the slash", () => {
    for (const path of row.paths.filter((each) => each.endsWith("/"))) {
      expect(routePath(path)).toBe(`${path}{rest+}`);
      expect(row.paths).toContain(path.slice(0, -1));
    }
  });
});

describe("the documented examples are answered the same with a slash at the end of the path", () => {
  const shown = rows.flatMap(({ id }) => {
    const { examples } = descriptionOf(id);
    return Object.entries(examples).map(([name, { status = 200 }]) => ({ id, name, status }));
  });
  it.each(shown)("$id $name", async ({ id, name, status }) => {
    const answerAt = async (change: (path: string) => string) => {
      const ready = await readyCallInSharedWorld(id, name);
      return lasting(await ready.send({}, { address: change(mainPath(documentedRow(id))) }));
    };
    const without = await answerAt((path) => path.replace(/\/$/, ""));
    expect(without.status).toBe(status);
    expect(await answerAt((path) => path.replace(/\/?$/, "/"))).toEqual(without);
  });
});

describe("deployed as greedy paths", () => {
  // API Gateway knows only one of two routes that differ in nothing but the names of variables.
  it("no two routes differ only in the names of their variables", () => {
    const keys = (operations as readonly Operation[]).flatMap(({ method, paths }) =>
      paths.map((path) => `${method} ${routePath(path).replaceAll(/\{\w+(\+?)\}/g, "{$1}")}`),
    );
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  });
});
