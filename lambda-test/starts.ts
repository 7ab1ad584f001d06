import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { bundleFunctions, starter } from "../cdk/bundle.ts";
import { routeOf } from "../lib/api/routes.ts";
import { demo } from "../local/demo.ts";
import { toEvent } from "../local/gateway-event.ts";
import { type Deployable, readAssembly } from "./assembly.ts";
import {
  installRuntimeClient,
  type Machine,
  root,
  startMachine,
  synthesize,
  useBinariesOfThisMachine,
} from "./machine.ts";
import { type RunningFunction, startFunction } from "./runtime-api.ts";

/** Everything that starts are measured with: the deployed functions, and a table that is reached over TLS, as in AWS. */
export interface Starts {
  readonly functions: readonly Deployable[];
  /** A folder for what the measurement writes. It is deleted at the end. */
  readonly scratch: string;
  /** Starts a function behind AWS's runtime interface client. */
  start(deployable: Code): Promise<RunningFunction>;
}

/** The code of a function, and its settings. */
export type Code = Pick<Deployable, "directory" | "environment">;

/** Prepares the measurement of starts. @param open what ends it */
export async function prepareStarts(open: AsyncDisposableStack, say: (line: string) => void): Promise<Starts> {
  installRuntimeClient(say);
  const scratch = mkdtempSync(join(tmpdir(), "frontdesk-starts-"));
  open.defer(() => rmSync(scratch, { recursive: true }));
  const assembly = join(scratch, "cdk.out");
  synthesize(root, assembly);
  const machine = await startMachine(open);
  const functions = readAssembly(assembly, machine.filledIn);
  useBinariesOfThisMachine(functions);
  const tls = await startTls(open, scratch, machine);
  return {
    functions,
    scratch,
    start: ({ directory, environment }) =>
      startFunction(directory, { ...environment, ...machine.surroundings, ...tls }),
  };
}

/** The function's code without the module that prepares its first call. Lambda then loads `index.cjs`. */
export function withoutPreparation(deployed: Deployable, scratch: string): Deployable {
  const directory = join(scratch, `without-${deployed.id}`);
  cpSync(deployed.directory, directory, { recursive: true, filter: (file) => !/index\.mjs$|node_modules/.test(file) });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  return { ...deployed, directory };
}

/** Functions without anything of ours, to compare starts with. */
export interface BareFunctions {
  /** Does nothing. */
  readonly empty: Code;
  /** Has the client of the table, with all requests that we use. */
  readonly sdk: Code;
  /** The same function, which opens its connection to the table before its first call. */
  readonly connected: Code;
}

/** Bundles the bare functions as ours are bundled. @param environment the settings of a function that uses the table */
export async function bundleBare({ scratch }: Starts, environment: Code["environment"]): Promise<BareFunctions> {
  const files = { Empty: new URL("empty.ts", import.meta.url), Sdk: new URL("bare.ts", import.meta.url) };
  const bundles = await bundleFunctions(files, { convertsItems: false });
  try {
    const copy = (name: keyof typeof files, folder: string): Code => {
      const directory = join(scratch, folder);
      cpSync(bundles.directoryOf(name), directory, { recursive: true });
      return { directory, environment };
    };
    const connected = copy("Sdk", "bare-connected");
    writeFileSync(join(connected.directory, "index.mjs"), starter);
    return { empty: copy("Empty", "bare-empty"), sdk: copy("Sdk", "bare-sdk"), connected };
  } finally {
    bundles.remove();
  }
}

/** The event of a POST with a body, as API Gateway sends it. */
export function eventOf(target: string, body: object): object {
  const headers = { host: "frontdesk.test", "content-type": "application/json", "medable-client-key": demo.clientKey };
  const bytes = Buffer.from(JSON.stringify(body));
  const request = { method: "POST", target, headers, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  return toEvent(request, routeOf("POST", target));
}

/** Puts a server in front of the table that ends TLS, with a certificate of its own. Returns the variables by which functions find it. */
async function startTls(
  open: AsyncDisposableStack,
  scratch: string,
  machine: Machine,
): Promise<Record<string, string>> {
  const { hostname, port } = new URL(machine.engine.endpoint);
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
