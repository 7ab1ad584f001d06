import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { documents } from "../../lib/table/client.ts";
import { realClock } from "../kit/slow-clock.ts";
import { call, makePractice } from "../kit/system.ts";

realClock();

// A function used to wait forever for an answer that came one byte at a time.
it.each([
  ["comes byte by byte", true],
  ["stops after its headers", false],
])("a call ends within its time when an answer of the table %s", async (_, drips) => {
  const auth = await makePractice({ accountId: `slow-${drips}` });
  const drops: NodeJS.Timeout[] = [];
  const engine = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.write("{");
    if (drips) drops.push(setInterval(() => response.write(" "), 200));
  });
  engine.listen(0, "127.0.0.1");
  await once(engine, "listening");
  const { port } = engine.address() as AddressInfo;
  documents.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { hostname: "127.0.0.1", port });
      return next(args);
    },
    { step: "finalizeRequest", name: "slowly", priority: "low" },
  );
  try {
    const remainingMs = 8000;
    const begun = performance.now();
    const { status } = await call("PracticeGet", { auth }, { remainingMs });
    expect(status).toBe(503);
    expect(performance.now() - begun).toBeLessThan(remainingMs);
  } finally {
    documents.middlewareStack.remove("slowly");
    for (const drop of drops) clearInterval(drop);
    engine.closeAllConnections();
    engine.close();
  }
});
