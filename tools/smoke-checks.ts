import { setTimeout as sleep } from "node:timers/promises";
import { Tally } from "./tally.ts";

/** Where to check, and how. */
export interface SmokeOptions {
  /** The address of a deployment, such as `https://api.clinic.org`, without a slash at its end. */
  readonly url: string;
  /** Whether it serves pages: those of portals, and that of the API. */
  readonly pages: boolean;
  /** An application that exists, for calls with credentials. */
  readonly application?: { readonly id: string; readonly password: string } | undefined;
  /** How long connections may fail, from the start on: a name may be new, or a certificate. */
  readonly connectSecondsMax: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

const answerSecondsMax = 35;
const retryMs = 1000;
/** The errors of a connection that may work in a moment. */
const connectionErrors = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
];
/** A portal and an application that do not exist. No rule about names keeps anybody from creating them, but nobody does. */
const nobody = "frontdesk-smoke-test-nobody";

/**
 * Checks a deployment from outside. It only makes calls that change nothing.
 * @param say receives one line for each check
 */
export async function smoke(options: SmokeOptions, say: (line: string) => void): Promise<Tally> {
  const tally = new Tally((line) => say(line.replaceAll(/\n\s*/g, " ")));
  for (const [title, check] of new SmokeChecks(options).all()) await tally.check(title, check);
  return tally;
}

class SmokeChecks {
  readonly #options: SmokeOptions;
  readonly #connectUntil: number;
  /** The answers of functions so far, by what was called. */
  readonly #answered: (readonly [string, Answer])[] = [];

  constructor(options: SmokeOptions) {
    this.#options = options;
    this.#connectUntil = performance.now() + options.connectSecondsMax * 1000;
  }

  /** The checks, in the order in which they run. */
  all(): readonly (readonly [string, () => Promise<void>])[] {
    const { pages, application } = this.#options;
    return [
      ["Ping answers 2000", () => this.ping()],
      ["/api/io refuses a caller without credentials", () => this.withoutCredentials()],
      ["/api/io refuses an application that does not exist", () => this.unknownApplication()],
      ["/therapist refuses a caller without credentials", () => this.therapists()],
      ["a portal refuses a caller without a client key", () => this.portal()],
      ["a portal that does not exist is not found", () => this.unknownPortal()],
      ["HEAD answers like GET, without a body", () => this.head()],
      ["an unknown path is not found", () => this.unknownPath()],
      ["a page of a foreign origin may not call a portal", () => this.preflight()],
      ...(application ? [["the application reads its practices", () => this.practices(application)] as const] : []),
      ["answers have a request id of their own, HSTS and nosniff", () => this.commonHeaders()],
      ...(pages
        ? ([
            ["the page of the API is served", () => this.docs()],
            ["the documents of the API are served", () => this.documents()],
            ["the page of a portal is served, with its files", () => this.portalPage()],
          ] as const)
        : []),
    ];
  }

  private async ping(): Promise<void> {
    const answer = await this.call("POST", "/api/io/Ping", { body: {} });
    expectFields(answer, 200, "application/json", { successful: true, responseCode: 2000 });
  }

  private async withoutCredentials(): Promise<void> {
    const answer = await this.call("POST", "/api/io/PracticeList", { body: {} });
    expectFields(answer, 200, "application/json", { successful: false, responseCode: 4010 });
  }

  /** The function reads the table, so this shows that it may. */
  private async unknownApplication(): Promise<void> {
    const auth = { applicationId: nobody, applicationPassword: nobody };
    const answer = await this.call("POST", "/api/io/PracticeList", { body: { auth } });
    expectFields(answer, 200, "application/json", { successful: false, responseCode: 4010 });
  }

  private async therapists(): Promise<void> {
    const answer = await this.call("GET", "/therapist/organizations/");
    const instance = answer.headers.get("frontdesk-request-id");
    expectFields(answer, 401, "application/problem+json", { title: "Unauthorized", status: 401, instance });
    expectHeader(answer, "www-authenticate", /^Basic /);
  }

  private async portal(): Promise<void> {
    const answer = await this.call("GET", `/${nobody}/v2/accounts/me`);
    expectFields(answer, 403, "application/json", { object: "fault", code: "kAccessDenied", status: 403 });
  }

  /** The function reads the table, so this shows that it may. */
  private async unknownPortal(): Promise<void> {
    const answer = await this.call("GET", `/${nobody}/v2/`);
    expectFields(answer, 404, "application/json", { object: "fault", code: "kNotFound", status: 404 });
  }

  private async head(): Promise<void> {
    const answer = await this.call("HEAD", "/therapist/organizations");
    expectStatus(answer, 401, "application/problem+json");
    if (answer.text !== "") throw new Error("the answer has a body");
  }

  private async unknownPath(): Promise<void> {
    const answer = await this.call("GET", `/${nobody}/no/such/path`);
    expectFields(answer, 404, "application/problem+json", { title: "Not Found", status: 404 });
  }

  private async preflight(): Promise<void> {
    const headers = { origin: "https://foreign.example", "access-control-request-method": "POST" };
    const answer = await this.call("OPTIONS", `/${nobody}/v2/accounts/login`, { headers });
    expectStatus(answer, 204);
    const allowed = answer.headers.get("access-control-allow-origin");
    if (allowed !== null) throw new Error(`it allows ${allowed}`);
  }

  private async practices({ id, password }: { id: string; password: string }): Promise<void> {
    const auth = { applicationId: id, applicationPassword: password };
    const answer = await this.call("POST", "/api/io/PracticeList", { body: { auth, limit: 1 } });
    const { practiceList } = expectFields(answer, 200, "application/json", { successful: true, responseCode: 2000 });
    if (!Array.isArray(practiceList)) throw new Error("the answer has no practiceList");
  }

  private async commonHeaders(): Promise<void> {
    if (this.#answered.length === 0) throw new Error("nothing answered");
    const ids = new Set<string | null>();
    for (const [called, answer] of this.#answered) {
      try {
        expectHeader(answer, "frontdesk-request-id", /^[\w=-]{8,}$/);
        expectHeader(answer, "strict-transport-security", /^max-age=[1-9]\d{6,}/);
        expectHeader(answer, "x-content-type-options", /^nosniff$/);
      } catch (error) {
        throw new Error(`${called}: ${(error as Error).message}`);
      }
      ids.add(answer.headers.get("frontdesk-request-id"));
    }
    if (ids.size < this.#answered.length) throw new Error("two answers have the same frontdesk-request-id");
  }

  private async docs(): Promise<void> {
    const answer = await this.fetch("GET", "/docs");
    expectStatus(answer, 200, "text/html");
    if (!answer.text.includes("swagger-ui")) throw new Error("it is another page");
  }

  private async documents(): Promise<void> {
    for (const path of ["/openapi.json", "/openapi.core.json"]) {
      const answer = await this.fetch("GET", path);
      expectStatus(answer, 200, "application/json");
      const { openapi, paths } = jsonOf(answer);
      if (!/^3\./.test(String(openapi)) || typeof paths !== "object") throw new Error(`${path} is no OpenAPI document`);
    }
  }

  /** An update of the page whose files are missing would show an empty page. */
  private async portalPage(): Promise<void> {
    const page = await this.fetch("GET", `/${nobody}/`);
    expectStatus(page, 200, "text/html");
    const files = [...page.text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path = ""]) => path);
    if (files.length < 2) throw new Error("it names no script and style");
    for (const path of files) {
      expectStatus(await this.fetch("GET", path), 200, path.endsWith(".css") ? "text/css" : "text/javascript", path);
    }
  }

  /** Calls a function, whose answer must have the common headers. */
  private async call(method: string, path: string, parts: RequestParts = {}): Promise<Answer> {
    const answer = await this.fetch(method, path, parts);
    this.#answered.push([`${method} ${path}`, answer]);
    return answer;
  }

  /** @throws Error when there is no answer; a connection that fails is tried again for a while */
  private async fetch(method: string, path: string, { headers = {}, body }: RequestParts = {}): Promise<Answer> {
    for (;;) {
      try {
        const response = await fetch(this.#options.url + path, {
          method,
          headers: { ...headers, ...(body && { "content-type": "application/json" }) },
          ...(body && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(answerSecondsMax * 1000),
        });
        return { status: response.status, headers: response.headers, text: await response.text() };
      } catch (error) {
        const { code = "", message = "" } = ((error as Error).cause ?? {}) as { code?: string; message?: string };
        const mayWorkSoon = connectionErrors.includes(code) && performance.now() < this.#connectUntil;
        if (!mayWorkSoon) throw new Error(message || code || (error as Error).message);
        await sleep(retryMs);
      }
    }
  }
}

/** @throws Error when the status or the media type is another */
function expectStatus({ status, headers, text }: Answer, wanted: number, mediaType?: string, what = "it"): void {
  if (status !== wanted) throw new Error(`${what} answers ${status}, not ${wanted}: ${text.slice(0, 200)}`);
  const stated = headers.get("content-type") ?? "";
  if (mediaType && !stated.startsWith(mediaType))
    throw new Error(`${what} is ${stated || "of no type"}, not ${mediaType}`);
}

/** @throws Error when a header is missing or has another value */
function expectHeader({ headers }: Answer, name: string, wanted: RegExp): void {
  const value = headers.get(name);
  if (value === null || !wanted.test(value)) throw new Error(`${name} is ${value ?? "missing"}`);
}

/** @returns the object in the answer @throws Error when it is not JSON, or one of the fields has another value */
function expectFields(
  answer: Answer,
  status: number,
  mediaType: string,
  wanted: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  expectStatus(answer, status, mediaType);
  const fields = jsonOf(answer);
  for (const [name, value] of Object.entries(wanted)) {
    if (fields[name] !== value)
      throw new Error(`${name} is ${JSON.stringify(fields[name])}, not ${JSON.stringify(value)}`);
  }
  return fields;
}

/** @throws Error when the body is no JSON object */
function jsonOf({ text }: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // It is reported below.
  }
  throw new Error(`the body is no JSON object: ${text.slice(0, 200)}`);
}
