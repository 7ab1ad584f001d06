import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type RequestListener, request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "./children.ts";

/** A server on the loopback interface. */
export interface SecureServer {
  readonly port: number;
  stop(): void;
}

/** Starts a server with a certificate that it signs itself. The caller stops it, and removes its files by `cleanUp`. */
export async function startSecureServer(answer: RequestListener): Promise<SecureServer> {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const making = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test";
  execFileSync("openssl", [...making.split(" "), "-keyout", key, "-out", cert], { stdio: "ignore" });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Passes requests on to an HTTP server, under that server's own name.
 * @param isLeftOut whether a header of an answer must not be passed on; it gets the name in lower case
 */
export const passedOnTo =
  (url: string, isLeftOut: (header: string) => boolean = () => false): RequestListener =>
  (incoming, outgoing) => {
    const headers = { ...incoming.headers, host: new URL(url).host };
    const passedOn = request(`${url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      const pairs = Object.entries(answer.headersDistinct).filter(([header]) => !isLeftOut(header));
      outgoing.writeHead(
        answer.statusCode ?? 502,
        pairs.flatMap(([header, values = []]) => values.flatMap((value) => [header, value])),
      );
      answer.pipe(outgoing);
    });
    incoming.pipe(passedOn);
  };
