import { beforeEach, describe, expect, it } from "vitest";
import { routePath } from "../../lib/api/routes.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { type Example, examples } from "../../openapi/examples.ts";
import { headersOf } from "../functions/therapists/therapists-contract.ts";
import { openPortal, type TestPortal } from "../kit/portal.ts";
import { allOperations, type Response, send } from "../kit/system.ts";
import { emptyTable, type Given, toTherapist } from "../openapi/givens.ts";
import { givens, type Id } from "../openapi/scenarios.ts";
import { answerOf } from "../openapi/sending.ts";

// Portals took no slash at the end of a path, which some clients put there.

const rows = (allOperations as readonly Operation[]).filter(
  ({ family }) => family === "therapists" || family === "accounts",
);

/** A target with a slash at the end of its path. */
function slashed(target: string): string {
  const [path, query] = target.split("?");
  return `${path}/${query === undefined ? "" : `?${query}`}`;
}

/** What is said where there is no such operation. */
const elsewhere = /kUnsupportedOperation|no such path|Allow header/;

/** What of an answer is the same each time. */
function lasting({ status, headers, cookies, text }: Response) {
  const same = text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "a uuid")
    .replaceAll(/(?!0{20})[0-9a-f]{24}/g, "an id")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "a moment")
    .replaceAll(/"(secret|cursor|fingerprint)":"[^"]+"/g, '"$1":"…"');
  const { "medable-csrf-token": token, link, ...others } = headers;
  return {
    status,
    json: same === "" ? undefined : JSON.parse(same),
    headers: { ...others, token: token !== undefined, link: link?.replace(/cursor=[^&>]+/, "cursor=…") },
    cookies: cookies.map((cookie) => cookie.replace(/=[^;]+/, "=…")),
  };
}

describe.each(rows)("$id", (row: Operation) => {
  const paths = [...new Set(row.paths.map((path) => path.replace(/\/$/, "")))];
  let portal: TestPortal;
  beforeEach(async () => {
    portal = await openPortal();
  });
  it.each(paths)("answers %s as it does with a slash behind it, whoever asks", async (path) => {
    const id = "0123456789abcdef01234567";
    const values: Record<string, string> = { org: portal.org, id, token: "t".repeat(32), property: "name/first" };
    const target = path.replaceAll(/\{(\w+)\+?\}/g, (_, name) => values[name] ?? "7");
    const callers = [{}, { "medable-client-key": portal.clientKey }, headersOf(portal.practice)];
    for (const headers of callers as Record<string, string>[]) {
      for (const method of row.method === "GET" ? ["GET", "HEAD"] : [row.method]) {
        const body = ["POST", "PUT", "PATCH"].includes(method) ? { id: "none" } : undefined;
        const [without, behind] = [target, `${target}/`].map((each) => send(method, each, { headers, body }));
        const expected = lasting((await without) as Response);
        expect(lasting((await behind) as Response)).toEqual(expected);
        // Whatever it is: this operation answered it.
        if (!path.endsWith("{path+}")) expect(`${JSON.stringify(expected.json)}`).not.toMatch(elsewhere);
      }
    }
  });
  it("answers nothing but its own paths: below the slash there is no operation of it", () => {
    for (const path of row.paths.filter((each) => each.endsWith("/"))) {
      expect(routePath(path)).toBe(`${path}{rest+}`);
      expect(row.paths).toContain(path.slice(0, -1));
    }
  });
});

describe("what the documents show is answered the same with a slash behind the path", () => {
  const shown = rows.flatMap(({ id }) =>
    (examples[id as Id] as readonly Example[]).map((example) => ({ id: id as Id, name: example.name, example })),
  );
  beforeEach(emptyTable);
  /** The same people and servers, who put a slash at the end of every path. */
  const withSlash = (given: Given): Given => {
    if (!given.client) return given;
    const { send: plain } = given.client;
    const client = { ...given.client };
    client.send = (method, path, options) => plain(method, slashed(path), options);
    return { ...given, client };
  };
  it.each(shown)("$id $name", async ({ id, name, example }) => {
    const ready = givens[`${id} ${name}` as Id] ?? givens[id];
    const expected = lasting(await answerOf(id, example, {}, await ready()));
    await emptyTable();
    expect(lasting(await answerOf(id, example, {}, withSlash(await ready())))).toEqual(expected);
    expect(expected.status).toBe(example.status ?? 200);
  });
  it("therapists, whose documented paths have it, are answered the same without", async () => {
    await givens.OrganizationList();
    for (const path of ["/therapist/organizations", "/therapist/organizations/42", "/therapist/practice-profile/x"]) {
      const [without, behind] = [await toTherapist("GET", path), await toTherapist("GET", `${path}/`)];
      expect(lasting(without)).toEqual(lasting(behind));
    }
  });
});

describe("deployed as greedy paths", () => {
  // Where API Gateway has two that differ in the names of variables alone it knows but one of them.
  it("no two routes are the same but for the names of their variables", () => {
    const keys = (operations as readonly Operation[]).flatMap(({ method, paths }) =>
      paths.map((path) => `${method} ${routePath(path).replaceAll(/\{\w+(\+?)\}/g, "{$1}")}`),
    );
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  });
});
