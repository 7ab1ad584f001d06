import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { parseArgs } from "node:util";
import { routeOf } from "../lib/api/routes.ts";
import { demo } from "../local/demo.ts";
import { toEvent } from "../local/gateway-event.ts";
import { wholeCoreMiB } from "../tools/function-memory.ts";
import { type Deployable, readAssembly } from "./assembly.ts";
import { installRuntimeClient, root, startMachine, synthesize, useBinariesOfThisMachine } from "./machine.ts";
import { startFunction } from "./runtime-api.ts";

/**
 * Measures cold starts behind AWS's runtime interface client: how long a function takes from a new process until it asks for its
 * first event, and then until it has answered that. Once as it is deployed, and once without the work that it does before its
 * first call (`lib/start.ts`). The table is reached over TLS, as in AWS. A function has a whole core while it starts, as in Lambda,
 * and then the share of a core that its memory buys, if this machine's control groups can be used.
 */
const { rounds } = parseArgs({ options: { rounds: { type: "string", default: "15" } } }).values;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Milliseconds: until the first event; the first answer; the second answer. */
type Times = readonly [start: number, first: number, second: number];

const group = "/sys/fs/cgroup/cpu/frontdesk-cold-starts";
/** The time in which a control group gets its share, in microseconds. */
const periodUs = 20_000;

installRuntimeClient(say);
await using open = new AsyncDisposableStack();
const scratch = mkdtempSync(join(tmpdir(), "frontdesk-cold-starts-"));
open.defer(() => rmSync(scratch, { recursive: true }));
const assembly = join(scratch, "cdk.out");
synthesize(root, assembly);
const machine = await startMachine(open);
const functions = readAssembly(assembly, machine.filledIn);
useBinariesOfThisMachine(functions);
const tls = await startTls(new URL(machine.engine.endpoint));
const isLimited = makeGroup();

say(
  `Median of ${rounds}, in ms. While a call runs, a function has ${isLimited ? "its share of a core" : "a whole core"}.`,
);
say("                                   start  + first answer  = together    second answer");
for (const [id, event] of await calls()) {
  const deployed = functions.find((each) => each.id === id);
  if (!deployed) throw new Error(`there is no function ${id}`);
  const unprepared = withoutPreparation(deployed);
  const [before, after]: [Times[], Times[]] = [[], []];
  // In turn, so that other work on the machine delays both alike.
  for (let round = 0; round < Number(rounds); round++) {
    before.push(await measure(unprepared, event));
    after.push(await measure(deployed, event));
  }
  print(id, "without", before);
  print(id, "as deployed", after);
}

/** Calls that need nothing but the demo vendor and what the calls before them have made. */
async function calls(): Promise<readonly (readonly [id: string, event: object])[]> {
  const auth = { applicationId: demo.applicationId, applicationPassword: demo.applicationPassword };
  const practice = { auth, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
  const person = { email: "charles@example.org", password: "mauve otter juggles 41 kettles" };
  return [
    ["Ping", eventOf("/api/io/Ping", {})],
    ["PracticeSave", eventOf("/api/io/PracticeSave", practice)],
    ["PracticeGet", eventOf("/api/io/PracticeGet", { auth, accountId: "practice-1" })],
    ["PracticeList", eventOf("/api/io/PracticeList", { auth, limit: 1 })],
    ["AccountLogin", eventOf("/riverside/v2/accounts/login", person)],
  ];
}

function eventOf(target: string, body: object): object {
  const headers = { host: "frontdesk.test", "content-type": "application/json", "medable-client-key": demo.clientKey };
  const bytes = Buffer.from(JSON.stringify(body));
  const request = { method: "POST", target, headers, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  return toEvent(request, routeOf("POST", target));
}

/** The function's code without the module that prepares its first call. Lambda then loads `index.cjs`. */
function withoutPreparation(deployed: Deployable): Deployable {
  const directory = join(scratch, `without-${deployed.id}`);
  cpSync(deployed.directory, directory, { recursive: true, filter: (file) => !/index\.mjs$|node_modules/.test(file) });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  return { ...deployed, directory };
}

/** Starts a function and calls it twice. */
async function measure({ directory, environment, memoryMiB }: Deployable, event: object): Promise<Times> {
  const running = await startFunction(directory, { ...environment, ...machine.surroundings, ...tls });
  try {
    if (isLimited) limit(running.pid, memoryMiB / wholeCoreMiB);
    const begun = performance.now();
    await running.invoke(event);
    const answered = performance.now();
    await running.invoke(event);
    return [running.start.ms, answered - begun, performance.now() - answered];
  } finally {
    await running.stop();
  }
}

/** Puts a server in front of the table that ends TLS, with a certificate of its own. Returns the variables by which functions find it. */
async function startTls({ hostname, port }: URL): Promise<Record<string, string>> {
  const [key, certificate] = [join(scratch, "key.pem"), join(scratch, "certificate.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...made, "-keyout", key, "-out", certificate, ...subject], { stdio: "ignore" });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    const engine = connect(Number(port), hostname);
    socket.pipe(engine).pipe(socket);
    socket.on("error", () => engine.destroy());
    engine.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.defer(() => void server.close());
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  return { AWS_ENDPOINT_URL_DYNAMODB: endpoint, NODE_EXTRA_CA_CERTS: certificate };
}

/** Makes the control group for functions that answer. Returns whether that is possible: it needs Linux and root. */
function makeGroup(): boolean {
  try {
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, "cpu.cfs_period_us"), String(periodUs));
  } catch {
    return false;
  }
  open.defer(() => rmdirSync(group));
  return true;
}

/** Limits a process to a share of a core. */
function limit(pid: number, share: number): void {
  writeFileSync(join(group, "cpu.cfs_quota_us"), String(Math.round(periodUs * share)));
  writeFileSync(join(group, "cgroup.procs"), String(pid));
}

function print(id: string, title: string, times: readonly Times[]): void {
  const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
  const columns = [
    times.map(([start]) => start),
    times.map(([, first]) => first),
    times.map(([start, first]) => start + first),
    times.map(([, , second]) => second),
  ].map((each) => median(each).toFixed(0).padStart(13));
  say(`${id.padEnd(16)}${title.padEnd(12)}${columns.join("")}`);
}
