import { envelopeErrors, type PortalFaultCode, portalFaults, problems } from "../lib/errors.ts";
import type { Operation } from "../lib/operations.ts";
import { mainPath, templateOf } from "./addresses.ts";
import type { Described } from "./describe.ts";
import { descriptionOf } from "./descriptions.ts";
import {
  clientExplanations,
  type Explanation,
  envelopeExplanations,
  faultExplanations,
  problemExplanations,
} from "./errors.ts";
import { type FailureAnswer, failureAnswer } from "./failures.ts";
import { documentedRows, type Handler, handlerOf } from "./handlers.ts";
import * as sample from "./samples.ts";
import { busy, failuresOf, type ShownFailure, throttled, uncaused, unforeseen } from "./stack-failures.ts";
import { type WorldName, worlds } from "./worlds.ts";

/** What the pages about errors say: one entry for each code, with a request that fails so and its real answer. */

/** A request that fails, and its answer. */
interface ErrorExample {
  /** The records that exist, in words. */
  readonly given?: string;
  /** The request as text; absent if no request of the caller causes the error. */
  readonly request?: string;
  readonly answer: FailureAnswer;
}

/** The entry of one code. */
export interface ErrorEntry extends Explanation {
  /** The last part of the entry's address: `4130`, `therapists-404`, `kNotFound`. */
  readonly anchor: string;
  /** The code as answers have it. */
  readonly code: string;
  /** The code in words. */
  readonly title: string;
  readonly example?: ErrorExample;
}

/** A group of entries: a contract, or the client. */
export interface ErrorGroup {
  readonly title: string;
  readonly anchor: string;
  /** Where an answer states the code. */
  readonly where: string;
  readonly entries: readonly ErrorEntry[];
}

/** A failure of one operation. */
interface Found {
  readonly row: Operation;
  readonly handler: Handler;
  readonly described: Described;
  readonly name: string;
  readonly shown: ShownFailure;
}

const rows = await Promise.all(
  documentedRows.map(async (row) => {
    const [handler, described] = [await handlerOf(row), descriptionOf(row.id)];
    return { row, handler, described, failures: failuresOf(row, handler, described) };
  }),
);
/** Every failure of every operation. Those that an operation describes itself come first: they say more. */
const found: readonly Found[] = rows
  .flatMap(({ failures, ...of }) => Object.entries(failures).map(([name, shown]) => ({ ...of, name, shown })))
  .sort((one, other) => Number(isOwn(other)) - Number(isOwn(one)));

function isOwn({ described, name }: Found): boolean {
  return Object.hasOwn(described.failures, name);
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** The body of a failing request as text; empty if there is none. */
function bodyText({ described }: Found, { raw, body, auth }: ShownFailure): string {
  if (typeof raw === "string") return raw.length < 200 ? raw : `(a body of ${Math.round(raw.length / 1024)} KiB)`;
  const [example] = Object.values(described.examples);
  const original = example?.body;
  if (original === undefined) return "";
  if (Array.isArray(original) || typeof original !== "object" || original === null) return json(original);
  const stated = "auth" in original && typeof original.auth === "object" ? { auth: { ...original.auth, ...auth } } : {};
  return json({ ...original, ...stated, ...body });
}

/** The headers of a request with the credentials of its family, and what the failure changes in them. */
function headersOf({ row, shown, described }: Found): string[] {
  const [example] = Object.values(described.examples);
  const given = shown.given ?? example?.given ?? "nothing";
  const basic = {
    authorization: `Basic ${btoa(`${sample.vendor.applicationId}:${sample.vendor.applicationPassword}`)}`,
    "x-account-id": sample.practice.accountId,
  };
  const writes = row.method !== "GET";
  const person = {
    "medable-client-key": sample.clientKey,
    ...(row.tier === "session" && { cookie: "md.sid=…", ...(writes && { "medable-csrf-token": "…" }) }),
  };
  const own = { practices: {}, therapists: basic, accounts: /server/.test(given) ? basic : person, edge: {} }[
    row.family
  ];
  const typed = writes && row.family !== "practices" && { "content-type": "application/json" };
  const headers: Record<string, string | undefined> = { ...typed, ...own, ...example?.headers, ...shown.headers };
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${value}`],
  );
}

/** The request of a failure as text. */
function requestText(of: Found): string {
  const { row, shown, described } = of;
  const [example] = Object.values(described.examples);
  const values: Readonly<Record<string, string>> = { org: "riverside", ...example?.path, ...shown.path };
  const path = templateOf(mainPath(row)).replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  const query = shown.rawQuery ?? new URLSearchParams({ ...example?.query, ...shown.query }).toString();
  const body = row.method === "GET" ? "" : bodyText(of, shown);
  const lines = [`${row.method} ${path}${query && `?${query}`}`, ...headersOf(of)];
  return body ? `${lines.join("\n")}\n\n${body}` : lines.join("\n");
}

const worldNames = Object.keys(worlds) as WorldName[];

/** The records of a world in words, also where its own words refer to another world. */
function worldInWords(name: WorldName): string {
  const [, other, more = ""] = /^(?:As `(.+?)`|The same)[,;.] (.+)$/.exec(worlds[name]) ?? [];
  if (!more) return worlds[name];
  const before = other ?? worldNames[worldNames.indexOf(name) - 1];
  return `${worldInWords(before as WorldName)} ${more.charAt(0).toUpperCase()}${more.slice(1)}`;
}

/** The example of a failure. */
function exampleOf(of: Found | undefined): { example: ErrorExample } | undefined {
  if (!of) return undefined;
  const { row, handler, described, name, shown } = of;
  const answer = failureAnswer(row.family, handler.dialect, name, shown);
  // No request of the caller causes these.
  if (uncaused.has(name)) return { example: { answer } };
  const [example] = Object.values(described.examples);
  const world = worldInWords(shown.given ?? example?.given ?? "nothing");
  const later = shown.minutesLater === undefined ? "" : ` The request is sent ${shown.minutesLater} minutes later.`;
  return { example: { given: `${world}${later}`, request: requestText(of), answer } };
}

/** A request for a path without the method, which the family's dialect answers. */
function unmatchedExample(family: "therapists" | "accounts", path: string, allow: readonly string[]) {
  const [of] = found.filter(({ row }) => row.family === family);
  const {
    statusCode = 200,
    headers,
    body = "",
  } = of?.handler.dialect.unmatched(allow, "3f0c7a1e-6d0b-4a52-9a0d-2f6f3f8d7c11") ?? {};
  const mediaType = String(headers?.["content-type"]).split(";")[0] ?? "";
  return { example: { request: `DELETE ${path}`, answer: { status: statusCode, mediaType, body: JSON.parse(body) } } };
}

const failureOf = (family: Operation["family"], ...names: readonly string[]) =>
  found.find(({ row, name }) => row.family === family && names.includes(name));

/** The answer of a code that no single request causes. */
function answerOnly(family: "therapists", name: keyof typeof problems, given: string): { example?: ErrorExample } {
  const [of] = found.filter(({ row }) => row.family === family);
  return of ? { example: { given, answer: failureAnswer(family, of.handler.dialect, name, {}) } } : {};
}

function practiceEntries(): ErrorEntry[] {
  return Object.entries(envelopeExplanations).map(([code, explanation]) => ({
    anchor: code,
    code,
    title: envelopeErrors[Number(code) as keyof typeof envelopeErrors],
    ...explanation,
    ...exampleOf(failureOf("practices", code === "5000" ? busy : code)),
  }));
}

function therapistEntries(): ErrorEntry[] {
  const others: Readonly<Record<string, { example?: ErrorExample }>> = {
    405: unmatchedExample("therapists", "/therapist/organizations/", ["GET", "POST"]),
    422: answerOnly("therapists", "keyReused", "Another request was sent with the same `Idempotency-Key` before."),
  };
  return Object.entries(problemExplanations).map(([code, explanation]) => {
    const ofStatus = Object.entries(problems).filter(([, { status }]) => String(status) === code);
    const names = ofStatus.map(([name]) => (name === "internal" ? unforeseen : name));
    return {
      anchor: `therapists-${code}`,
      code,
      title: ofStatus[0]?.[1].title ?? "",
      ...explanation,
      ...(others[code] ?? exampleOf(failureOf("therapists", ...names))),
    };
  });
}

/** The failure of a code that occurs only inside another: the first whose errors have it. */
const failureWith = (code: string) => found.find(({ shown }) => shown.errors?.some((error) => error.code === code));

function accountEntries(): ErrorEntry[] {
  return Object.entries(faultExplanations).map(([code, explanation]) => ({
    anchor: code,
    code,
    title: portalFaults[code as PortalFaultCode].message,
    ...explanation,
    ...(code === "kUnsupportedOperation"
      ? unmatchedExample("accounts", "/riverside/v2/accounts", ["GET"])
      : exampleOf(
          failureOf("accounts", { kThrottled: throttled, kTooBusy: busy, kError: unforeseen }[code] ?? code) ??
            failureWith(code),
        )),
  }));
}

const clientTitles = { network: "No answer", unexpected: "An answer that is not Frontdesk's" } as const;

/** All entries, by contract. */
export const errorGroups: readonly ErrorGroup[] = [
  {
    title: "Practices and users",
    anchor: "practices",
    where: "The code is the `responseCode` of the answer.",
    entries: practiceEntries(),
  },
  {
    title: "Therapists",
    anchor: "therapists",
    where: "The code is the HTTP status. `type` of the answer is the address of the entry.",
    entries: therapistEntries(),
  },
  {
    title: "Portal accounts",
    anchor: "accounts",
    where: "The code is the `code` of the fault. Faults of single properties are in its `faults`.",
    entries: accountEntries(),
  },
  {
    title: "The client",
    anchor: "client",
    where: "The typed client `@frontdesk/client` has two codes of its own.",
    entries: Object.entries(clientExplanations).map(([code, explanation]) => ({
      anchor: code,
      code,
      title: clientTitles[code as keyof typeof clientTitles],
      ...explanation,
    })),
  },
];
