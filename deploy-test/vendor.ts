import type { Reached } from "../lambda-test/life-cycles.ts";
import type { Deployment } from "./deployment.ts";

/** Makes a vendor with a client key, by the command that an operator uses. @throws Error with the command's output */
export async function makeVendor(deployment: Deployment, id: string, name: string): Promise<Reached["vendor"]> {
  const vendor = (...args: string[]) => deployment.run("local/vendor.ts", "--stack", "FrontdeskData", ...args);
  const created = await vendor("create", "--id", id, "--name", name);
  const keyed = await vendor("client-key", "--id", id);
  const printed = (text: string, label: string) => {
    const [, value] = new RegExp(`^${label} +(\\S+)$`, "m").exec(text) ?? [];
    if (value === undefined) throw new Error(`npm run vendor printed no ${label}: ${text}`);
    return value;
  };
  return {
    applicationId: id,
    applicationPassword: printed(created, "applicationPassword"),
    clientKey: printed(keyed, "client key"),
  };
}
