import { deepEqual, equal, ok } from "node:assert/strict";
import type { Reached } from "../lambda-test/life-cycles.ts";
import type { Cloud } from "./cloud.ts";
import type { Deployment, Outputs } from "./deployment.ts";

/** What the checks of updates need. */
export interface Updated extends Reached {
  readonly cloud: Cloud;
  readonly deployment: Deployment;
  /** The assembly of the first deployment, which had no options. */
  readonly assembly: string;
  /** Its outputs. */
  readonly first: Outputs;
  readonly say: (line: string) => void;
}

/** The checks of later deployments: options are added, changed and removed. */
export async function updates(updated: Updated): Promise<void> {
  await whileCallsRun(updated);
  await withNames(updated);
  await withoutOptions(updated);
}

/** Every function changes, because its environment does, while calls go on without a pause. */
async function whileCallsRun({ check, cloud, deployment, say, ...reached }: Updated): Promise<void> {
  const options = {
    eventYears: "10",
    alarmEmail: "oncall@clinic.org",
    alarmLockOuts: "2",
    mailFrom: "desk@clinic.org",
  };
  const { assembly } = await deployment.synthesize(options);
  let outputs: Outputs = {};
  await check("an update of every function fails no call that runs at the same time", async () => {
    let isDone = false;
    const calling = callUntil(reached, () => isDone);
    try {
      outputs = await deployment.deploy(assembly);
    } finally {
      isDone = true;
    }
    const { calls, repeated, ended, failures } = await calling;
    say(
      `        ${calls} calls during the update, ${repeated} of them repeated because the table was slow, and ${ended} because the emulator ended a process`,
    );
    deepEqual(failures, []);
    ok(calls > 20, `only ${calls} calls were made`);
  });
  await check("the update has carried out its options", async () => {
    equal(outputs.FrontdeskData?.EventYears, "10");
    const topic = outputs.FrontdeskWatch?.AlarmTopicArn;
    deepEqual(await cloud.subscribersOf(String(topic)), ["oncall@clinic.org"]);
    const create = await cloud.nameOf("FrontdeskApi", "PracticeCreate", "AWS::Lambda::Function");
    equal((await cloud.environmentOf(create)).EVENT_YEARS, "10");
    const mailer = await cloud.nameOf("FrontdeskMessages", "SendMessages", "AWS::Lambda::Function");
    equal((await cloud.environmentOf(mailer)).MAIL_FROM, "desk@clinic.org");
  });
}

/**
 * Two callers, each of which makes one call after the other. When a function answers that the table was too slow (500 or 503), the
 * call is repeated, as the contracts advise: on a busy machine the emulator's table is slow. A call is also repeated when the emulator
 * has ended its function: it replaces a process that it has just given a call, where Lambda lets the call end. Every other answer of
 * the gateway for a function is a failure.
 */
async function callUntil(
  { send, vendor: { clientKey, ...auth } }: Pick<Reached, "send" | "vendor">,
  isDone: () => boolean,
) {
  const made = { calls: 0, repeated: 0, ended: 0, failures: [] as string[] };
  const practice = { auth, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
  const portal = { "medable-client-key": clientKey };
  const kinds = [
    () => send("POST", "/api/io/PracticeSave", { body: practice }),
    () => send("POST", "/api/io/PracticeGet", { body: { auth, accountId: "practice-1" } }),
    () => send("GET", "/riverside/v2/accounts/status", { headers: portal }),
    () => send("GET", "/riverside/"),
  ];
  const call = async (kind: (typeof kinds)[number], repeats = 3): Promise<void> => {
    const { status, json, headers } = await kind();
    made.calls += 1;
    if (Number(status) >= 500 && "frontdesk-request-id" in headers && repeats > 0) {
      made.repeated += 1;
      return call(kind, repeats - 1);
    }
    if (json?.errorMessage === "Worker process died" && repeats > 0) {
      made.ended += 1;
      return call(kind, repeats - 1);
    }
    if (status !== 200 || (json?.responseCode ?? 2000) !== 2000)
      made.failures.push(`${status} ${JSON.stringify(json)}`);
  };
  const caller = async () => {
    while (!isDone()) {
      for (const kind of kinds) await call(kind).catch((error) => made.failures.push(`${error}`));
    }
  };
  await Promise.all([caller(), caller()]);
  return made;
}

/** The API and the portals get names, in a hosted zone. */
async function withNames({ check, cloud, deployment, first, vendor }: Updated): Promise<void> {
  const hostedZoneId = await cloud.makeZone("clinic.org");
  const names = { apiDomain: "api.clinic.org", portalDomain: "portal.clinic.org", hostedZoneName: "clinic.org" };
  const { assembly } = await deployment.synthesize({ ...names, hostedZoneId });
  let outputs: Outputs = {};
  await check("a deployment with names is at these names, with a certificate and records", async () => {
    outputs = await deployment.deploy(assembly);
    equal(outputs.FrontdeskApi?.ApiUrl, "https://api.clinic.org");
    equal(outputs.FrontdeskPages?.PortalUrl, "https://{org}.portal.clinic.org");
    const { json } = await cloud.sender("https://api.clinic.org")("POST", "/api/io/Ping", { body: {} });
    equal(json.responseCode, 2000);
    deepEqual(await cloud.recordsOf(hostedZoneId), ["*.portal.clinic.org.", "api.clinic.org."]);
  });
  await check("it has the practices, the vendor and the bucket of the first deployment", async () => {
    const { clientKey: _, ...auth } = vendor;
    const body = { auth, accountId: "practice-1" };
    const { json } = await cloud.sender("https://api.clinic.org")("POST", "/api/io/PracticeGet", { body });
    equal(json.practice.websiteAddress, "riverside");
    equal(outputs.FrontdeskData?.FilesArn, first.FrontdeskData?.FilesArn);
  });
}

/** All options are removed again. */
async function withoutOptions({ check, deployment, assembly, first, send }: Updated): Promise<void> {
  await check("a deployment without these options is what the first one was", async () => {
    deepEqual(await deployment.deploy(assembly), first);
    equal((await send("POST", "/api/io/Ping", { body: {} })).json.responseCode, 2000);
  });
}
