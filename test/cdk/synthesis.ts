import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { addStacksOf } from "../../cdk/app.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import type { PortalBuild } from "../../web/portal/build.ts";

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has its own properties
  readonly Properties: any;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A template as CloudFormation receives it. */
export interface Template {
  readonly Parameters: Readonly<
    Record<
      string,
      {
        readonly Default?: string;
        readonly AllowedValues?: readonly string[];
        readonly ConstraintDescription?: string;
      }
    >
  >;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

const script = "text/javascript; charset=utf-8";
const style = "text/css; charset=utf-8";

/** Built pages of portals: some other files take the place of those that Vite would write. */
export const portal: PortalBuild = {
  script: "main-1a2b3c4d.js",
  style: "main-5e6f7a8b.css",
  files: [
    { path: "/_portal/main-1a2b3c4d.js", file: "local/start.js", mediaType: script },
    { path: "/_portal/main-5e6f7a8b.css", file: "web/look.css", mediaType: style },
    { path: "/_portal/people-_9c-0d1e.js", file: "tools/node-version.js", mediaType: script },
  ],
};

/** The result of a synthesis. */
export interface Synthesis {
  readonly data: Template;
  readonly api: Template;
  readonly accounts: Template;
  readonly messages: Template;
  readonly images: Template;
  readonly cleanUp: Template;
  readonly watch: Template;
  readonly pages: Template;
  /** All templates, by stack name. */
  readonly templates: Readonly<Record<string, Template>>;
  /** Whether a stack is protected from deletion, by stack name. */
  readonly terminationProtection: Readonly<Record<string, boolean | undefined>>;
  /** A stack's account and region, such as `aws://123456789012/eu-central-1`, by stack name. */
  readonly places: Readonly<Record<string, string>>;
  /** The tags of a stack itself, by stack name. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** CDK notes where each part of an app was made, for messages about it. That takes an eighth of the time of a synthesis. */
const withoutTraces = { "aws:cdk:disable-stack-trace": true, "aws:cdk:disable-creation-stack-traces": true };

/** The syntheses without options, of all operations and of none. Test files that share a process share them. */
const bare = new Map<number, Synthesis>();

/**
 * Makes all templates, or returns those without options that were made before. The functions' bundles are replaced by a
 * function that does nothing.
 * @param options context in addition to that of `cdk.json`
 */
export function synthesize(
  options: Readonly<Record<string, unknown>> = {},
  rows: readonly Operation[] = operations,
): Synthesis {
  const isShared = Object.keys(options).length === 0 && (rows === operations || rows.length === 0);
  if (!isShared) return make(options, rows);
  const made = bare.get(rows.length) ?? make(options, rows);
  bare.set(rows.length, made);
  return made;
}

function make(options: Readonly<Record<string, unknown>>, rows: readonly Operation[]): Synthesis {
  const scratch = mkdtempSync(join(tmpdir(), "frontdesk-cdk-"));
  const directory = join(scratch, "function");
  mkdirSync(directory);
  writeFileSync(join(directory, "index.cjs"), "exports.handler = async () => undefined;\n");
  const { context } = JSON.parse(readFileSync("cdk.json", "utf8"));
  // The CLI sets this. SAM needs it to find the code.
  // The files in config/ are the deployer's.
  const all = { env: "none", ...context, "aws:cdk:enable-asset-metadata": true, ...withoutTraces, ...options };
  const app = new App({ outdir: join(scratch, "cdk.out"), context: all });
  addStacksOf(app, { operations: rows, bundles: { directoryOf: () => directory }, portal });
  const { stacks } = app.synth();
  const template = (suffix: string) => stacks.find(({ id }) => id.endsWith(suffix))?.template as Template;
  const synthesis = {
    data: template("Data"),
    api: template("Api"),
    accounts: template("Accounts"),
    messages: template("Messages"),
    images: template("Images"),
    cleanUp: template("CleanUp"),
    watch: template("Watch"),
    pages: template("Pages"),
    templates: Object.fromEntries(stacks.map((stack) => [stack.id, stack.template])),
    terminationProtection: Object.fromEntries(stacks.map((stack) => [stack.id, stack.terminationProtection])),
    places: Object.fromEntries(stacks.map((stack) => [stack.id, stack.environment.name])),
    tags: Object.fromEntries(stacks.map((stack) => [stack.id, stack.tags])),
  };
  rmSync(scratch, { recursive: true });
  return synthesis;
}

/** The resources of a type, by logical id without the hash. */
export const resourcesOf = ({ Resources }: Template, type: string): Record<string, Resource> =>
  Object.fromEntries(
    Object.entries(Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [plain(id), resource]),
  );

/** A logical id without its hash. */
export const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, "");

/**
 * A value of a template as text. References that CloudFormation fills in are written `<Id>` or `<Id.Attribute>`,
 * and a part of one `<Id>[2]`.
 * @param producers the templates whose outputs the value may refer to
 */
export function text(value: unknown, ...producers: Template[]): string {
  if (typeof value === "string") return value;
  const reference = value as {
    Ref?: string;
    "Fn::GetAtt"?: [string, string];
    "Fn::Join"?: [string, unknown[]];
    "Fn::Sub"?: string;
    "Fn::Select"?: [number, { "Fn::Split": [string, unknown] }];
    "Fn::GetStackOutput"?: { OutputName: string };
    "Fn::ImportValue"?: string;
  };
  if (reference.Ref) return `<${plain(reference.Ref)}>`;
  if (reference["Fn::GetAtt"]) return `<${plain(reference["Fn::GetAtt"][0])}.${reference["Fn::GetAtt"][1]}>`;
  if (reference["Fn::Join"]) {
    const [separator, parts] = reference["Fn::Join"];
    return parts.map((part) => text(part, ...producers)).join(separator);
  }
  if (reference["Fn::Sub"]) return reference["Fn::Sub"].replaceAll(/\$\{(.+?)\}/g, "<$1>");
  if (reference["Fn::Select"]) {
    const [place, { "Fn::Split": split }] = reference["Fn::Select"];
    return `${text(split[1], ...producers)}[${place}]`;
  }
  const output = reference["Fn::GetStackOutput"]?.OutputName ?? reference["Fn::ImportValue"]?.split(":").at(-1);
  if (output) return text(producers.find(({ Outputs }) => Outputs[output])?.Outputs[output]?.Value, ...producers);
  throw new Error(`no text for ${JSON.stringify(value)}`);
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A policy statement in short form. */
export interface Allowed {
  readonly on: readonly string[];
  /** Patterns of the partition keys that are allowed, if the statement limits them. */
  readonly keys?: readonly string[];
  /** Any other condition. */
  readonly only?: unknown;
  readonly deny?: true;
}

/** The permissions of a role: every statement, by action. */
export function allowedBy({ Properties }: Resource, ...producers: Template[]): Record<string, readonly Allowed[]> {
  if (Properties.ManagedPolicyArns || Properties.Policies.length !== 1) throw new Error("not one policy");
  const allowed: Record<string, Allowed[]> = {};
  for (const { Effect, Action, Resource, Condition } of Properties.Policies[0].PolicyDocument.Statement) {
    const { "ForAllValues:StringLike": keys, ...only } = Condition ?? {};
    for (const action of list<string>(Action)) {
      const statement = {
        on: list(Resource).map((each) => text(each, ...producers)),
        ...(keys && { keys: list<string>(keys["dynamodb:LeadingKeys"]) }),
        ...(Object.keys(only).length > 0 && { only }),
        ...(Effect === "Deny" && { deny: true as const }),
      };
      allowed[action] = [...(allowed[action] ?? []), statement];
    }
  }
  return allowed;
}
