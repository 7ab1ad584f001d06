import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { demo } from "../local/demo.ts";
import { fullUser, leastPractice, otherPassword, person, portalSettings, practice, user } from "../openapi/samples.ts";
import { leftOut, longOnly } from "./checks.ts";
import type { System } from "./system.ts";

/** What a run of Schemathesis has found: the parts of its report that are read here. */
export interface Report {
  readonly complete: boolean;
  readonly operations: { readonly selected: number; readonly tested: number; readonly errored: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly {
    readonly type: string;
    readonly title: string;
    readonly count: number;
    readonly operations: readonly string[];
  }[];
  readonly errors: readonly { readonly title: string; readonly count: number }[];
}

/** How much a run does. */
export interface Extent {
  readonly seed: number;
  /** Requests of each operation in the phase of random ones. */
  readonly examples: number;
  /** Whether the bounds of every field are tried, also where there are most. */
  readonly isWhole: boolean;
}

/** The passwords and keys that requests have, by what they are. The log must contain none of them. */
export const secrets: Readonly<Record<string, string>> = {
  "the application's password": demo.applicationPassword,
  "the client key": demo.clientKey,
  "the credentials of the header": Buffer.from(`${demo.applicationId}:${demo.applicationPassword}`).toString("base64"),
  "a holder's password": otherPassword,
  "a user's password": fullUser.loginPassword,
};

const org = "riverside";
/** The requests that make the records of the document's examples. */
const records = [
  ["/api/io/PracticeSave", { ...leastPractice, websiteAddress: org, directDomain: org, active: true }],
  ["/api/io/UserSave", { ...fullUser, auth: practice }],
  ["/api/io/PortalSettingsSave", { ...portalSettings, auth: practice }],
];

const quoted = JSON.stringify;

/** A part of the configuration for the operations with these paths. */
const operations = (paths: string, settings: string) => [
  "[[operations]]",
  `include-path-regex = ${quoted(paths)}`,
  settings,
];

/** The configuration as TOML: the hooks, and what is left out for some operations or for all. */
function configuration({ isWhole }: Extent): string {
  const switchedOff = (check: string) => `checks.${check}.enabled = false`;
  return [
    'hooks = "credentials"',
    // The document forbids no further arguments of a query.
    "generation.allow-extra-parameters = false",
    ...leftOut.filter(({ paths }) => paths === undefined).map(({ check }) => switchedOff(check)),
    ...leftOut.flatMap(({ check, paths }) => (paths ? operations(paths, switchedOff(check)) : [])),
    ...(isWhole ? [] : operations(longOnly, "phases.coverage.enabled = false")),
  ].join("\n");
}

const documentFile = fileURLToPath(new URL("../docs/openapi.json", import.meta.url));

/** The file to which the hooks write the tokens and cookies that they were given. */
export const tokensFile = ({ folder }: System): string => join(folder, "tokens");

/**
 * Runs Schemathesis over docs/openapi.json against a system.
 * @param bin the folder with its command
 * @param show receives what it prints
 */
export async function runSchemathesis(bin: string, system: System, extent: Extent, show: (text: string) => void) {
  const { url, folder } = system;
  const [config, report] = [join(folder, "schemathesis.toml"), join(folder, "report.json")];
  writeFileSync(config, configuration(extent));
  writeFileSync(tokensFile(system), "");
  const known = {
    ...{ ...demo, url, org, accountId: user.accountId, userId: user.userId },
    ...{ records, person: { ...person, password: otherPassword }, secrets: tokensFile(system) },
  };
  const options = [
    ...["--url", url, "--seed", String(extent.seed), "--exclude-tag", "Other addresses"],
    ...["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", String(extent.examples)],
    ...["--continue-on-failure", "--no-shrink", "--generation-database", "none", "--no-color"],
    ...["--report", "json", "--report-json-path", report, "--request-timeout", "60", "--suppress-health-check", "all"],
  ];
  const child = spawn(join(bin, "schemathesis"), ["--config-file", config, "run", documentFile, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
    env: {
      ...process.env,
      PYTHONPATH: fileURLToPath(new URL(".", import.meta.url)),
      PYTHONDONTWRITEBYTECODE: "1",
      FRONTDESK_SCHEMATHESIS: JSON.stringify(known),
    },
  });
  child.stdout.setEncoding("utf8").on("data", show);
  child.stderr.setEncoding("utf8").on("data", show);
  await once(child, "exit");
  return JSON.parse(readFileSync(report, "utf8")) as Report;
}
