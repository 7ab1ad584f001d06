import { relative } from "node:path";
import { parseArgs } from "node:util";
import { operations } from "../lib/operations.ts";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { type Engine, startDynoxide } from "./dynoxide.ts";
import { functionDefaults, otherEndpoint, setDefaults, setEndpoint, statedHosts, statedPort } from "./environment.ts";
import {
  dataPath,
  instanceRecorded,
  newSealSecret,
  type RunningInstance,
  takeFolder,
  temporaryFile,
} from "./folder.ts";
import { registryHandler, startGateway } from "./gateway.ts";
import { type Inbox, inboxPages, openInbox } from "./inbox.ts";
import { type Started, startPages } from "./start-page.ts";
import { leaveOutTokens } from "./tokens.ts";
import { webPages } from "./web.ts";

/** How often one looks whether npm is still there. */
const parentMs = 200;

await orComplain(async () => {
  const { memory } = statedOptions();
  // What is open, to be closed in the opposite order.
  const open = new AsyncDisposableStack();
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await open.disposeAsync().finally(() => process.exit(0));
  };
  // The terminal and npm both pass on one Ctrl-C: a second signal means nothing new.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
  // npm passes SIGTERM on to its shell alone, which dies of it and leaves us behind.
  const { ppid } = process;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== ppid && end(), parentMs).unref();
  const died = (reason: string) => {
    if (ending) return;
    console.error(`The local database has ended by itself (${reason}). What was answered is kept: start again.`);
    // At once: without it nothing can be ended in order.
    process.exit(1);
  };
  try {
    await start(open, memory, died);
  } catch (error) {
    // A signal during the start closed what the rest of it was built on.
    if (ending) return;
    await open.disposeAsync();
    throw error;
  }
});

function statedOptions(): { memory: boolean } {
  try {
    return parseArgs({ options: { memory: { type: "boolean", default: false } } }).values;
  } catch {
    throw new Complaint("Usage: npm start [-- --memory]");
  }
}

async function start(open: AsyncDisposableStack, memory: boolean, died: (reason: string) => void): Promise<void> {
  const port = statedPort();
  const hosts = statedHosts();
  const other = otherEndpoint();
  if (memory && other) throw new Complaint(`--memory and DYNAMODB_ENDPOINT (${other}) exclude each other.`);

  const folder = memory ? undefined : takeFolder(dataPath());
  if (!memory && !folder) {
    const owner = instanceRecorded(dataPath())?.url ?? "another process";
    throw new Complaint(
      `The data folder ${dataPath()} is in use by ${owner}: stop that, or set FRONTDESK_DATA to another folder.`,
    );
  }
  open.defer(() => folder?.release());
  const temporary = memory ? temporaryFile() : undefined;
  open.defer(() => temporary?.unlink());

  // The port before the engine, which closes after the last request. Requests wait until there is something to ask.
  const ready = Promise.withResolvers<RunningInstance>();
  ready.promise.catch(() => {});
  let engine: Engine | undefined;
  open.defer(() => engine?.stop());
  const opened = Promise.withResolvers<Inbox>();
  opened.promise.catch(() => {});
  const started = Promise.withResolvers<Started>();
  started.promise.catch(() => {});
  let inbox: Inbox | undefined;
  open.defer(() => inbox?.stop());
  const gateway = await startGateway({
    port,
    hosts,
    handlerOf: (row) => ready.promise.then(() => registryHandler(row)),
    pages: {
      ...startPages(started.promise),
      ...webPages(() => ready.promise.then(({ url }) => url)),
      "GET /_local/engine": async () => json(await ready.promise),
      ...inboxPages(opened.promise),
    },
  });
  open.defer(() => gateway.close());
  open.defer(() => {
    const reason = new Error("stopped before it was ready");
    ready.reject(reason);
    opened.reject(reason);
    started.reject(reason);
  });

  const databaseFile = other ? undefined : (folder ?? temporary)?.databaseFile;
  if (!other) {
    engine = await startDynoxide(databaseFile);
    engine.died.then(died);
  }
  const endpoint = other ?? String(engine?.endpoint);
  const url = `http://localhost:${gateway.port}`;
  setEndpoint(endpoint, !other);
  setDefaults(functionDefaults);
  setDefaults({ PORTAL_URL: `${url}/{org}`, MAIL_FROM: "Frontdesk <frontdesk@mail.localhost>" });
  if (!process.env.SEAL_SECRET && !process.env.SEAL_SECRET_ARN) {
    process.env.SEAL_SECRET = folder?.sealSecret() ?? newSealSecret();
  }
  await import("../lib/settings.ts").catch((error: Error) => {
    throw new Complaint(error.message);
  });
  if (!other) await leaveOutTokens();
  const { demo, makeDemoVendor, prepareTable } = await import("./vendors.ts");
  await prepareTable(endpoint);
  await makeDemoVendor();

  const tableName = String(process.env.TABLE_NAME);
  inbox = await openInbox(endpoint, tableName, databaseFile);
  // All who need it have opened it.
  temporary?.unlink();
  inbox.pump.start();
  opened.resolve(inbox);
  const instance = { url, endpoint, tableName, folder: memory ? null : dataPath() };
  folder?.record(instance);
  ready.resolve(instance);
  const inTable = `in the table ${tableName} at ${other}`;
  const inFolder = memory ? "until it stops" : `in ${asTyped(dataPath())}`;
  const place = other ? inTable : inFolder;
  started.resolve({ url, place, demo });
  console.log(banner(url, place, demo));
  // So that no first call waits for its code.
  for (const row of operations) await registryHandler(row).catch(() => {});
}

function banner(url: string, place: string, { applicationId, applicationPassword }: Started["demo"]): string {
  const auth = { applicationId, applicationPassword };
  const practice = { auth, accountId: "practice-1", name: "Riverside Clinic" };
  return `
Frontdesk, the directory of a healthcare product, runs on ${url}
Data is kept ${place}. Ctrl-C stops it.

Create a practice, as the demo vendor:

  curl ${url}/api/io/PracticeCreate -d '${JSON.stringify(practice)}'
`;
}

/** A path as one would type it here. */
function asTyped(path: string): string {
  const fromHere = relative("", path);
  return fromHere.startsWith("..") ? path : fromHere || ".";
}

const json = (value: unknown) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});
