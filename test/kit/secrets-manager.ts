import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach } from "vitest";

type Stage = "AWSCURRENT" | "AWSPREVIOUS";

/** A replacement for Secrets Manager with one secret in two stages. */
export interface SecretsManager {
  stages: { AWSCURRENT: string; AWSPREVIOUS?: string };
  /** The stages that it was asked for. */
  asked: Stage[];
  /** The secrets that it was asked for, and the regions of the requests. */
  places: string[];
  /** How it fails: it does not answer at all (`silence`), or it answers with the error of this name. */
  fault: string | undefined;
  /** Gives the secret a new value. */
  rotate(next: string): void;
}

/** Starts the replacement for a test file, and lets the SDK find it. Each test begins with a secret that was never rotated. */
export async function startSecretsManager(): Promise<SecretsManager> {
  const manager: SecretsManager = {
    stages: { AWSCURRENT: "" },
    asked: [],
    places: [],
    fault: undefined,
    rotate(next) {
      this.stages = { AWSCURRENT: next, AWSPREVIOUS: this.stages.AWSCURRENT };
    },
  };
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body) => {
      const { SecretId, VersionStage } = JSON.parse(body) as { SecretId: string; VersionStage: Stage };
      manager.asked.push(VersionStage);
      const [, region] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
      manager.places.push(`${region} ${SecretId}`);
      if (manager.fault === "silence") return;
      const SecretString = manager.fault ? undefined : manager.stages[VersionStage];
      response.setHeader("content-type", "application/x-amz-json-1.1");
      if (SecretString) return response.end(JSON.stringify({ SecretString }));
      response.statusCode = 400;
      const __type = manager.fault ?? "ResourceNotFoundException";
      response.end(JSON.stringify({ __type, Message: "not now" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => server.close());
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  beforeEach(() => {
    Object.assign(manager, { stages: { AWSCURRENT: "the first secret" }, asked: [], places: [], fault: undefined });
  });
  return manager;
}
