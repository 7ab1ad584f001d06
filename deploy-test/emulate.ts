import { Complaint, orComplain } from "../tools/complaint.ts";
import type { Deployment } from "./deployment.ts";
import { makeVendor } from "./vendor.ts";
import { emulatorTools, withEmulator } from "./with-emulator.ts";

/**
 * `npm run emulator`: deploys all stacks to an emulator of AWS on this machine, makes a vendor, prints how to call the API, and
 * stays until Ctrl-C. Nothing is kept.
 */

const say = (line: string) => process.stdout.write(`${line}\n`);

await orComplain(async () => {
  const tools = emulatorTools();
  if ("missing" in tools) throw new Complaint(`The emulator needs Python: ${tools.missing}.`);
  await withEmulator(tools.bin, async (emulator, deployment) => {
    await deployAndSay(deployment, emulator.endpoint);
    await new Promise(() => {});
  });
});

async function deployAndSay(deployment: Deployment, endpoint: string): Promise<void> {
  say("Deploying to an emulator of AWS …");
  const { assembly } = await deployment.synthesize();
  await deployment.bootstrap(assembly);
  const { FrontdeskApi, FrontdeskData, FrontdeskPages } = await deployment.deploy(assembly);
  const { applicationId, applicationPassword, clientKey } = await makeVendor(deployment, "demo", "Demo");
  const body = JSON.stringify({ auth: { applicationId, applicationPassword } });
  say(`
ApiUrl      ${FrontdeskApi?.ApiUrl}
portals     ${FrontdeskPages?.PortalUrl}
table       ${FrontdeskData?.TableName}
AWS         ${endpoint}
client key  ${clientKey}

curl ${FrontdeskApi?.ApiUrl}/api/io/PingWithApplicationAuth -d '${body}'

Ctrl-C ends it. Nothing is kept.`);
}
