import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type CallOptions,
  type Connection,
  createDirectory,
  createPortal,
  type IgnoredFields,
} from "../../client/src/client.ts";
import { operations, type Row } from "../../client/src/contract.ts";

/** A prepared answer; the step `dropped` closes the connection instead. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
type Step = Answer | "dropped";

let script: Step[] = [];
const asked: { method: string | undefined; body: string; key: string | string[] | undefined }[] = [];

const textOf = async (request: IncomingMessage) => Buffer.concat(await request.toArray()).toString();
const server = createServer(async (request, response) => {
  const key = request.headers["idempotency-key"];
  asked.push({ method: request.method, body: await textOf(request), key });
  // The last step is repeated for all further requests.
  const step = script.length > 1 ? script.shift() : script[0];
  if (step === "dropped" || step === undefined) return request.socket.destroy();
  response.writeHead(step.status, { "content-type": "application/json", ...step.headers }).end(step.body);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let waits: number[] = [];
beforeEach(() => {
  asked.length = 0;
  waits = [];
});
const wait: Connection["wait"] = async (ms) => void waits.push(ms);

type Methods = Readonly<Record<string, (input: object, options?: CallOptions) => Promise<unknown>>>;
const methods = {
  ...createDirectory({ url, application: { id: "a", password: "b" }, accountId: "c", wait }),
  ...createPortal({ url, org: "o", clientKey: "c".repeat(22), wait }),
} as unknown as Methods;
const methodOf = ({ id }: Row) => methods[id.charAt(0).toLowerCase() + id.slice(1)] as Methods[string];
/** Values for all variables in the paths of operations. */
const anything = {
  id: "a",
  name: "content",
  connection: "c",
  token: "t",
  property: "p",
  device: "d",
  session: "s",
  userId: "u",
  therapistUserId: 1,
  body: {},
};
const organization = { name: "N" };
const inputOf = ({ id }: Row) => (id === "OrganizationSave" ? organization : anything);

const json = (status: number, body: object, headers = {}): Answer => ({ status, body: JSON.stringify(body), headers });
const problem = (status: number, title: string) => ({
  type: `/docs/errors.html#therapists-${status}`,
  title,
  status,
  instance: "1",
});
const fault = { object: "fault", code: "kError", reason: "An unknown error has occurred" };
const envelope = { successful: false, responseMessage: "an unknown error has occurred", responseCode: 5000 };

/** Frontdesk's own answers, by family. */
const busy = {
  practices: json(503, envelope, { "retry-after": "1" }),
  therapists: json(503, problem(503, "Service Unavailable"), { "retry-after": "1" }),
  accounts: json(503, { ...fault, status: 503 }, { "retry-after": "1" }),
} as const;
const throttled = {
  practices: json(429, envelope, { "retry-after": "9" }),
  therapists: json(429, problem(429, "Too Many Requests"), { "retry-after": "9" }),
  accounts: json(429, { ...fault, code: "kThrottled", status: 429 }, { "retry-after": "9" }),
} as const;
const internal = {
  practices: json(500, envelope),
  therapists: json(500, problem(500, "Internal Server Error")),
  accounts: json(500, { ...fault, status: 500 }),
} as const;
/** Answers of the gateway in front of Frontdesk. */
const gateway = (status: number, message: string) => json(status, { message });

/** The operations that may safely be carried out twice (their contracts say why). */
const repeatable = new Set(
  (
    "Ping PingWithApplicationAuth PingWithAccountAuth PingWithAuth PracticeUpdate PracticeSave PracticeGet PracticeList " +
    "UserUpdate UserSave UserGet UserList PortalSettingsGet PortalSettingsSave OrganizationList " +
    "OrganizationListByTherapist PracticeProfileSave PracticeProfileGet PracticeProfileList EventList PortalGet AccountStatus AccountList AccountGet " +
    "AccountGetProperty AccountGetImage AccountPut ConnectionAccept ConnectionList ConnectionGet ConnectionPatch " +
    "DeviceList DeviceDeleteAll SettingsGet SettingsPut AccountEventList SessionList SessionDeleteOthers"
  ).split(" "),
);

describe("a request that may or may not have been carried out", () => {
  const unknown: [string, (row: Row) => Step][] = [
    ["its connection was dropped", () => "dropped"],
    ["Frontdesk failed (500)", ({ family }) => internal[family]],
    ["the gateway says 500", () => gateway(500, "Internal Server Error")],
    [
      "a proxy says 502",
      () => ({ status: 502, body: "<html>Bad Gateway</html>", headers: { "content-type": "text/html" } }),
    ],
    ["the gateway says 503", () => gateway(503, "Service Unavailable")],
    ["a proxy says 503 in a problem document", () => json(503, { type: "https://proxy.example", status: 503 })],
    ["the gateway says 504", () => gateway(504, "Endpoint request timed out")],
  ];
  it.each(unknown)("is only repeated if a repetition is harmless: %s", async (_, answerTo) => {
    for (const row of operations) {
      asked.length = 0;
      script = [answerTo(row)];
      await expect(methodOf(row)(inputOf(row))).rejects.toMatchObject({ name: "FrontdeskError", operation: row.id });
      expect([row.id, asked.length]).toEqual([row.id, repeatable.has(row.id) ? 3 : 1]);
    }
  });

  it("is repeated unchanged for organizationSave with an id", async () => {
    script = ["dropped", "dropped", json(200, { id: 4 })];
    expect(await methods.organizationSave?.({ ...organization, id: 4 })).toEqual({ id: 4 });
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({ id: 4, name: "N" });
    asked.length = 0;
    script = ["dropped"];
    await expect(methods.organizationSave?.({ ...organization, id: null })).rejects.toMatchObject({ code: "network" });
    expect(asked).toHaveLength(1);
  });
});

describe("a write with an idempotency key", () => {
  const idempotencyKey = "0b9d6f52-5a4b-4f0e-9a57-0a4f1f6c9b1e";

  it("is repeated with the same key when its answer was lost, whatever the operation, except a login", async () => {
    for (const row of operations) {
      asked.length = 0;
      script = ["dropped"];
      await expect(methodOf(row)(inputOf(row), { idempotencyKey })).rejects.toMatchObject({ operation: row.id });
      const takesKey = row.method !== "GET" && row.id !== "AccountLogin";
      const requests = takesKey || repeatable.has(row.id) ? 3 : 1;
      const keys = Array(requests).fill(takesKey ? idempotencyKey : undefined);
      expect([row.id, asked.map(({ key }) => key)]).toEqual([row.id, keys]);
    }
  });

  it("is repeated after an answer that says nothing of what was done", async () => {
    const done = { successful: true, responseMessage: "OK", responseCode: 2000, accountId: "a", action: "create" };
    script = [internal.practices, gateway(504, "Endpoint request timed out"), json(200, done)];
    expect(await methods.practiceCreate?.({ accountId: "a", name: "A" }, { idempotencyKey })).toEqual(done);
    expect(new Set(asked.map(({ body, key }) => `${key} ${body}`)).size).toBe(1);
  });

  it("has a key of its own in each call: without one no key is sent", async () => {
    script = ["dropped"];
    await expect(methods.practiceCreate?.({ name: "A" })).rejects.toMatchObject({ code: "network" });
    expect(asked.map(({ key }) => key)).toEqual([undefined]);
  });

  it.each(["", " a", "a ", "ä", "a\nb", "a".repeat(256)])("is not sent with the key %j", async (bad) => {
    await expect(methods.practiceCreate?.({ name: "A" }, { idempotencyKey: bad })).rejects.toThrow(TypeError);
    expect(asked).toEqual([]);
  });
});

describe("fields that were ignored", () => {
  it("are told to `onIgnored`, with the operation", async () => {
    const told: IgnoredFields[] = [];
    const onIgnored = (ignored: IgnoredFields) => void told.push(ignored);
    const directory = createDirectory({ url, application: { id: "a", password: "b" }, onIgnored });
    const done = { successful: true, responseMessage: "OK", responseCode: 2000, accountId: "a", action: "create" };
    script = [json(200, done, { "frontdesk-ignored": "websiteAdress, na%20me, 50%" }), json(200, done)];
    await directory.practiceSave({ name: "A" });
    await directory.practiceSave({ name: "A" });
    expect(told).toEqual([{ operation: "PracticeSave", fields: ["websiteAdress", "na me", "50%"] }]);
  });
});

describe("a request that did nothing", () => {
  it.each<[string, (row: Row) => Step]>([
    ["the gateway turned it away (429)", () => gateway(429, "Too Many Requests")],
    ["Frontdesk says that there were too many calls (429)", ({ family }) => throttled[family]],
    ["Frontdesk says that nothing was written (503)", ({ family }) => busy[family]],
  ])("is repeated for every operation: %s", async (_, answerTo) => {
    for (const row of operations) {
      asked.length = 0;
      script = [answerTo(row)];
      await expect(methodOf(row)(inputOf(row))).rejects.toMatchObject({ operation: row.id });
      expect([row.id, asked.length]).toEqual([row.id, 3]);
    }
  });

  it("succeeds when a later attempt is accepted", async () => {
    const done = { successful: true, responseMessage: "OK", responseCode: 2000, accountId: "a", action: "create" };
    script = [busy.practices, gateway(429, "Too Many Requests"), json(200, done)];
    expect(await methods.practiceCreate?.({ accountId: "a", name: "A" })).toEqual(done);
  });
});

describe("a final answer", () => {
  it.each<[string, Answer, object]>([
    [
      "a refusal",
      json(200, { successful: false, responseCode: 4131, responseMessage: "x" }),
      { code: 4131, status: 200 },
    ],
    [
      "not ours",
      { status: 200, body: "<html>Sign in</html>" },
      { code: "unexpected", status: 200, body: "<html>Sign in</html>" },
    ],
    ["the gateway's", gateway(404, "Not Found"), { code: "unexpected", status: 404, body: { message: "Not Found" } }],
    ["empty", { status: 200, body: "" }, { code: "unexpected", status: 200, body: undefined }],
  ])("is not asked for again: %s", async (_, answer, facts) => {
    script = [answer];
    await expect(methods.practiceGet?.({ accountId: "a" })).rejects.toMatchObject(facts);
    expect(asked).toHaveLength(1);
  });
});

describe("the wait between attempts", () => {
  it("is random, with a maximum that doubles each time, up to five seconds", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(1);
    script = ["dropped"];
    await expect(methods.ping?.({}, { retries: 7 })).rejects.toMatchObject({ code: "network", status: 0 });
    random.mockReturnValue(0);
    await expect(methods.ping?.({}, { retries: 1 })).rejects.toMatchObject({ code: "network" });
    random.mockRestore();
    expect(waits).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 0]);
  });

  it("also includes the time of Retry-After, in seconds or as a date", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0.5);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.parse("2030-01-01T00:00:00Z"));
    const later = { "retry-after": "Tue, 01 Jan 2030 00:00:07 GMT" };
    script = [busy.practices, json(503, envelope, later), json(503, envelope, { "retry-after": "soon" })];
    await expect(methods.ping?.({})).rejects.toMatchObject({ code: 5000, status: 503 });
    clock.mockRestore();
    random.mockRestore();
    expect(waits).toEqual([1100, 7200]);
  });

  it("is never longer than twenty seconds: the call fails instead", async () => {
    script = [json(429, { message: "Too Many Requests" }, { "retry-after": "60" })];
    await expect(methods.ping?.({})).rejects.toMatchObject({ status: 429, retryAfterSeconds: 60 });
    expect([asked.length, waits]).toEqual([1, []]);
  });

  it("happens as often as the client's or the call's `retries` say", async () => {
    script = ["dropped"];
    const never = createDirectory({ url, application: { id: "a", password: "b" }, retries: 0, wait });
    await expect(never.ping()).rejects.toMatchObject({ code: "network" });
    expect(asked).toHaveLength(1);
    await expect(never.ping({}, { retries: 4 })).rejects.toMatchObject({ code: "network" });
    expect(asked).toHaveLength(6);
  });
});

describe("a signal", () => {
  const application = { id: "a", password: "b" };

  it("ends a call before it is sent", async () => {
    await expect(methods.ping?.({}, { signal: AbortSignal.abort("changed my mind") })).rejects.toBe("changed my mind");
    expect(asked).toEqual([]);
  });

  it("ends a running request, which is not repeated", async () => {
    const controller = new AbortController();
    let requests = 0;
    const directory = createDirectory({
      url,
      application,
      wait,
      fetch: (_, init) => {
        requests += 1;
        queueMicrotask(() => controller.abort(new Error("enough")));
        return new Promise((_, reject) =>
          init?.signal?.addEventListener("abort", () => reject(new TypeError("ended"))),
        );
      },
    });
    await expect(directory.ping({}, { signal: controller.signal })).rejects.toThrow(new Error("enough"));
    expect([requests, waits]).toEqual([1, []]);
  });

  it("ends the wait between attempts, and leaves no timer behind", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const controller = new AbortController();
      let requests = 0;
      const directory = createDirectory({
        url,
        application,
        fetch: async () => {
          requests += 1;
          return new Response("{}", { status: 429, headers: { "retry-after": "15" } });
        },
      });
      const outcome = directory.ping({}, { signal: controller.signal }).catch((error: unknown) => error);
      await vi.waitUntil(() => vi.getTimerCount() === 1);
      controller.abort(new Error("enough"));
      expect(await outcome).toEqual(new Error("enough"));
      expect([requests, vi.getTimerCount()]).toEqual([1, 0]);

      const patient = directory.ping({}, { retries: 1 }).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(16_000);
      expect(await patient).toMatchObject({ status: 429 });
      expect([requests, vi.getTimerCount()]).toEqual([3, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is also created by timeoutMs", async () => {
    script = [gateway(429, "Too Many Requests")];
    const forever: Connection["wait"] = (_, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const directory = createDirectory({ url, application, wait: forever });
    await expect(directory.ping({}, { timeoutMs: 1 })).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

describe("a request with credentials", () => {
  it("follows no redirect", async () => {
    script = [{ status: 307, body: "", headers: { location: "/elsewhere" } }];
    await expect(methods.practiceSave?.({ name: "A" })).rejects.toMatchObject({ code: "unexpected", status: 307 });
    await expect(methods.accountStatus?.({})).rejects.toMatchObject({ code: "unexpected", status: 307 });
    // An aborted ping of the previous test may arrive late.
    const own = asked.filter(({ method, body }) => method === "GET" || body.includes('"name":"A"'));
    expect(own).toHaveLength(2);
  });
});
