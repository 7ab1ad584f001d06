import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createDirectory, type Directory } from "../../client/src/client.ts";
import { demo } from "../../local/demo.ts";
import type { Outcome } from "../kit/children.ts";

/** The program that `npx frontdesk` runs. */
const frontdeskFile = fileURLToPath(new URL("../../cli/frontdesk.js", import.meta.url));

/** A run of the command. */
export interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome & { readonly signal: NodeJS.Signals | null }>;
}

/** Starts `frontdesk` with this environment only. */
export function begin(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  { program = frontdeskFile, stdin = "" } = {},
): Run {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(stdin);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.stderr += chunk;
  });
  return { child, ended: once(child, "close").then(([code, signal]) => ({ code, signal, ...said })) };
}

/** Runs the command `frontdesk` against a server, as the demo vendor, and waits until it has ended. */
export const frontdesk = (url: string, ...args: readonly string[]): Promise<Outcome> =>
  begin(args, { FRONTDESK_URL: url }).ended;

/** Runs the command, and kills it (`kill -9`) as soon as a condition holds. */
export async function frontdeskKilled(url: string, args: readonly string[], isTime: () => boolean): Promise<void> {
  const begun = begin(args, { FRONTDESK_URL: url });
  let hasEnded = false;
  const ended = begun.ended.then(() => {
    hasEnded = true;
  });
  while (!isTime() && !hasEnded) await sleep(20);
  if (hasEnded) throw new Error("the command has ended before it was killed");
  begun.child.kill("SIGKILL");
  await ended;
}

/** The JSON lines in a text. */
// biome-ignore lint/suspicious/noExplicitAny: tests assert on records of every kind
export const jsonLines = (text: string): any[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** The credentials of the demo vendor. */
export const application = { id: demo.applicationId, password: demo.applicationPassword };

/** A client of the demo vendor. */
export const directoryAt = (url: string): Directory => createDirectory({ url, application });
