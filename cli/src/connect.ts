import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { createDirectory, type Directory } from "../../client/src/client.ts";
import { demo } from "../../local/demo.ts";
import { Complaint } from "./failure.ts";
import { note } from "./output.ts";

const defaultUrl = "http://localhost:3000";

/** The options with which every command finds the server and its vendor. */
interface ConnectionOptions {
  readonly url?: string;
  readonly applicationId?: string;
  readonly passwordFile?: string;
}

/** The server, and the vendor whose directory it is. */
export interface Connection {
  readonly url: string;
  readonly application: { readonly id: string; readonly password: string };
  readonly directory: Directory;
}

/** Adds `--url`, `--application-id` and `--password-file` to the program. All commands have them. */
export const addConnectionOptions = (program: Command): Command =>
  program
    .option("--url <url>", `the address of Frontdesk (default: ${defaultUrl})`)
    .option("--application-id <id>", "the vendor's application id")
    .option("--password-file <file>", "a file with the application's password");

/**
 * Connects as the options and the environment say.
 * @throws Complaint when they do not name a server and a vendor
 */
export function connect(command: Command): Connection {
  const options = command.optsWithGlobals<ConnectionOptions>();
  const { url, isLoopback } = readUrl(options.url ?? process.env.FRONTDESK_URL ?? defaultUrl);
  const application = readApplication(options, isLoopback);
  return { url, application, directory: createDirectory({ url, application }) };
}

function readUrl(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Complaint("the URL must begin with https:// or http://", "For example: --url https://api.example.com");
  }
  // The line that says so must not repeat a password.
  if (url.username || url.password) throw new Complaint("the URL must not contain credentials");
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !isLoopback) {
    note(`warning: ${url.origin} is not encrypted: everybody on the way can read the password and the records`);
  }
  return { url: text.replace(/\/+$/, ""), isLoopback };
}

function readApplication(options: ConnectionOptions, isLoopback: boolean) {
  const id = options.applicationId ?? process.env.FRONTDESK_APPLICATION_ID;
  const password = options.passwordFile
    ? readPassword(options.passwordFile)
    : process.env.FRONTDESK_APPLICATION_PASSWORD || undefined;
  if (id && password) return { id, password };
  if (!id && !password && isLoopback) return { id: demo.applicationId, password: demo.applicationPassword };
  throw id
    ? new Complaint(
        "the application's password is missing",
        "Set FRONTDESK_APPLICATION_PASSWORD, or state --password-file. It cannot be an argument: others could read it.",
      )
    : new Complaint("the application's id is missing", "State --application-id, or set FRONTDESK_APPLICATION_ID.");
}

function readPassword(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Complaint(`cannot read the password file ${file}`);
  }
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new Complaint(`the password file ${file} is empty`);
  return password;
}
