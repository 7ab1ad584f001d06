import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** What `cdk synth` wrote. */
export interface Assembly {
  readonly name: string;
  readonly folder: string;
  /** The resources of every stack, by stack and logical id. */
  readonly resources: ReadonlyMap<string, Readonly<Record<string, Resource>>>;
  /** The rules of cdk-nag whose findings were accepted, with the reasons, by construct path. */
  readonly acceptedByNag: ReadonlyMap<string, readonly AcceptedRule[]>;
}

interface AcceptedRule {
  /** Such as `HIPAA.Security-LambdaDLQ`; some rules have the finding in brackets behind them. */
  readonly rule: string;
  readonly reason: string;
}

/** Values of options that together make as many resources as a deployment can have. */
export const everyOption: Readonly<Record<string, string>> = {
  account: "123456789012",
  region: "eu-central-1",
  tags: "team=desk,stage=prod",
  directDomain: "mail.clinic.org",
  portalUrl: "https://clinic.org/{org}",
  uploadOrigins: "https://app.clinic.org",
  apiDomain: "api.clinic.org",
  portalDomain: "portal.clinic.org",
  hostedZoneId: "Z0123456789",
  hostedZoneName: "clinic.org",
  pages: "public",
  mailFrom: "Clinic <desk@clinic.org>",
  mailConfigurationSet: "clinic",
  alarmEmail: "oncall@clinic.org",
  alarmWrongSignIns: "20",
  alarmLockOuts: "2",
  alarmWrongSecrets: "3",
  alarmTextMessages: "1000",
  accessLogYears: "10",
  eventYears: "10",
  logRetentionDays: "30",
  tableKey: "customer",
  requestsPerSecond: "50",
  requestBurst: "60",
  entrancesPerSecond: "5",
  entranceBurst: "9",
  entrancesPerAddress: "20",
  entrancesPerApplication: "100",
  edge: "cloudfront",
  edgeSecretVersion: "2",
  edgeEntrancesPerAddress: "100",
  edgeEntrancesPerPortal: "1000",
  rollout: "canary",
  entranceInstances: "2",
  backupVaultArn: "arn:aws:backup:us-east-1:210987654321:backup-vault:frontdesk",
};

/**
 * Runs `cdk synth`, which also runs cdk-nag, and reads what it wrote.
 * @param options values for `-c`
 * @throws Error with the output of `cdk synth` if it fails
 */
export async function synthesize(name: string, folder: string, options: Readonly<Record<string, string>>) {
  // Without the options of any file that a deployer has in config/.
  const context = Object.entries({ env: "none", ...options }).flatMap(([option, value]) => [
    "-c",
    `${option}=${value}`,
  ]);
  const args = ["node_modules/aws-cdk/bin/cdk", "synth", "--quiet", "--output", folder, ...context];
  await promisify(execFile)(process.execPath, args, { cwd: fileURLToPath(new URL("..", import.meta.url)) });
  return readAssembly(name, folder);
}

function readAssembly(name: string, folder: string): Assembly {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
  const filesOf = (suffix: string) => readdirSync(folder).filter((file) => file.endsWith(suffix));
  const templates: Record<string, { Resources: Record<string, Resource> }> = Object.fromEntries(
    filesOf(".template.json").map((file) => [basename(file, ".template.json"), read(file)]),
  );
  const metadata: Record<string, { type: string; data: unknown }[]>[] = filesOf(".metadata.json").map(read);
  const accepted = new Map<string, AcceptedRule[]>();
  for (const [path, entries] of metadata.flatMap((each) => Object.entries(each))) {
    const rules = entries
      .filter(({ type }) => type === "aws:cdk:acknowledged-rules")
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ rule: id.replace(/^Annotation::/, ""), reason }));
    if (rules.length > 0) accepted.set(path.slice(1), rules);
  }
  return {
    name,
    folder,
    resources: new Map(Object.entries(templates).map(([stack, { Resources }]) => [stack, Resources])),
    acceptedByNag: accepted,
  };
}

/**
 * The reason why a finding of cdk-nag on a resource was accepted: on its construct, or on one around it.
 * @returns `undefined` if it was not accepted
 */
export function reasonOfNag({ acceptedByNag }: Assembly, resource: Resource, rule: string): string | undefined {
  const names = String(resource.Metadata?.["aws:cdk:path"]).split("/");
  const around = names.map((_, place) => names.slice(0, place + 1).join("/"));
  const rules = around.flatMap((path) => acceptedByNag.get(path) ?? []);
  return rules.find((accepted) => accepted.rule === rule)?.reason;
}
