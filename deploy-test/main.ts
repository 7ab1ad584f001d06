import { equal, ok } from "node:assert/strict";
import { parseArgs } from "node:util";
import { portalAccounts, practices, type Reached, refusals, therapists } from "../lambda-test/life-cycles.ts";
import { orComplain } from "../tools/complaint.ts";
import { Tally } from "../tools/tally.ts";
import { Cloud } from "./cloud.ts";
import type { Deployment } from "./deployment.ts";
import { destruction } from "./destruction.ts";
import type { Emulator } from "./emulator.ts";
import { pages } from "./pages.ts";
import { roles } from "./roles.ts";
import { updates } from "./updates.ts";
import { makeVendor } from "./vendor.ts";
import { emulatorTools, withEmulator } from "./with-emulator.ts";
import { workers } from "./workers.ts";

/**
 * Deploys all stacks to an emulator of AWS with CDK, uses them, deploys them again with other options, and deletes them.
 * `--without NAME` leaves out a workaround, to see whether the emulator still needs it.
 */

const { without } = parseArgs({ options: { without: { type: "string", multiple: true, default: [] } } }).values;
const say = (line: string) => process.stdout.write(`${line}\n`);

await orComplain(async () => {
  const tally = new Tally(say);
  const tools = emulatorTools();
  if ("missing" in tools) {
    say(`Nothing is deployed, because the emulator needs Python: ${tools.missing}.\n${tally.summary}`);
    return;
  }
  const outcome = await withEmulator(
    tools.bin,
    (emulator, deployment) => checkAll(tally.check, emulator, deployment),
    without,
  );
  say(`\n${tally.summary}`);
  process.exitCode = tally.counts.failed === 0 && outcome === "done" ? 0 : 1;
});

async function checkAll(check: Tally["check"], emulator: Emulator, deployment: Deployment): Promise<void> {
  const { assembly, places } = await deployment.synthesize();
  for (const [name, count] of Object.entries(places)) say(`worked round: ${name}, in ${count} places`);
  await check("every workaround has something to work round", async () => {
    for (const [name, count] of Object.entries(places)) ok(count > 0, `${name} changes nothing: remove it`);
  });
  await deployment.bootstrap(assembly);
  const outputs = await deployment.deploy(assembly);
  await check("all eight stacks are deployed", async () => equal(Object.keys(outputs).length, 8));
  const cloud = new Cloud(emulator, outputs);
  const vendor = await makeVendor(deployment, "demo", "Demo");
  const send = cloud.sender(cloud.output("FrontdeskApi", "ApiUrl"));
  const reached: Reached = { send, check, vendor };
  say("left out: AccountPreflight, because the emulator answers every OPTIONS itself");
  await refusals(reached, ["AccountPreflight"]);
  await pages(check, cloud);
  await cloud.verifySender("frontdesk@example.com");
  await practices(reached);
  await therapists(reached);
  await portalAccounts(reached);
  await workers(reached, cloud);
  await updates({ ...reached, cloud, deployment, assembly, first: outputs, say });
  await roles(reached, cloud);
  await destruction(check, { cloud, deployment, assembly });
}
