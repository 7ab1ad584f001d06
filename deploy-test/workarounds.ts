import { createHash } from "node:crypto";
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A resource of a template. */
interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has its own properties
  readonly Properties: any;
  readonly Metadata?: { readonly "aws:asset:path"?: string };
}

/** A template of CloudFormation. */
interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { Value: unknown }>;
}

/** The list of files that CDK uploads for a stack. */
interface AssetList {
  readonly files: Readonly<
    Record<
      string,
      { readonly destinations: Record<string, { readonly bucketName: string; readonly objectKey: string }> }
    >
  >;
}

/** The list of the stacks. */
interface Manifest {
  readonly artifacts: Readonly<Record<string, { readonly properties?: object }>>;
}

/** A cloud assembly that may be changed: its folder, and its templates and lists of files by the name of their stack. */
interface Assembly {
  readonly directory: string;
  readonly templates: ReadonlyMap<string, Template>;
  readonly assets: ReadonlyMap<string, AssetList>;
  readonly manifest: Manifest;
}

/** Changes an assembly so that the emulator does what AWS does. Returns how many places it changed. */
type Workaround = (assembly: Assembly) => number;

const root = fileURLToPath(new URL("..", import.meta.url));

/** The code's binaries are for Lambda's machine (arm64), and the emulator runs functions on this one. */
const binariesOfThisMachine: Workaround = (assembly) => {
  const packages = foldersOfFunctions(assembly)
    .map((folder) => join(folder, "node_modules"))
    .filter(existsSync);
  for (const each of packages) {
    // A scope of packages has the binaries of each machine as packages of their own.
    for (const name of readdirSync(each).filter((entry) => entry.startsWith("@"))) {
      rmSync(join(each, name), { recursive: true });
      cpSync(join(root, "node_modules", name), join(each, name), { recursive: true });
    }
  }
  return packages.length;
};

/** It finds the handler `index.handler` in `index.js` and `index.mjs` only. Lambda also finds it in `index.cjs`. */
const handlerInCommonJs: Workaround = (assembly) => {
  const folders = foldersOfFunctions(assembly).filter((folder) => existsSync(join(folder, "index.cjs")));
  for (const folder of folders)
    writeFileSync(join(folder, "index.js"), 'exports.handler = require("./index.cjs").handler;\n');
  return folders.length;
};

/**
 * It ends the processes of a function when it updates the function, also in the middle of a call. Lambda lets calls end. So a
 * process that is told to end first finishes its call. One that was called lately also waits a second for a call that is on the way.
 */
const callsEndDuringUpdates: Workaround = (assembly) => {
  const folders = foldersOfFunctions(assembly).filter((folder) => existsSync(join(folder, "index.js")));
  for (const folder of folders) appendFileSync(join(folder, "index.js"), endAfterCall);
  return folders.length;
};

const endAfterCall = `
const withoutCount = exports.handler;
let calls = 0;
let lastCall = 0;
exports.handler = async (event, context) => {
  calls += 1;
  lastCall = Date.now();
  try {
    return await withoutCount(event, context);
  } finally {
    calls -= 1;
  }
};
process.on("SIGTERM", () => {
  const endWhenIdle = () => (calls > 0 ? setTimeout(endWhenIdle, 50) : process.exit());
  setTimeout(endWhenIdle, Date.now() - lastCall < 5000 ? 1000 : 0);
});
`;

/**
 * In the events of an HTTP API, it sends `pathParameters: null` for a path without variables, and cookies as a header. API
 * Gateway leaves `pathParameters` out, and sends cookies as the list `cookies`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
const eventsOfHttpApis: Workaround = (assembly) => {
  const folders = foldersOfFunctions(assembly).filter((folder) => existsSync(join(folder, "index.js")));
  for (const folder of folders) appendFileSync(join(folder, "index.js"), eventAsApiGatewaySendsIt);
  return folders.length;
};

const eventAsApiGatewaySendsIt = `
const withAnyEvent = exports.handler;
exports.handler = ({ pathParameters, ...event }, context) => {
  if (event.version !== "2.0") return withAnyEvent(event, context);
  const { cookie, ...headers } = event.headers;
  const cookies = cookie === undefined ? {} : { cookies: cookie.split(/; */) };
  return withAnyEvent({ ...event, headers, ...cookies, ...(pathParameters && { pathParameters }) }, context);
};
`;

/**
 * It does not match a greedy variable with nothing, and prefers it to `{device}` in the same place. The variable `{rest+}` is
 * there for paths that end with a slash, so these routes get that path.
 */
const pathsThatEndWithSlash: Workaround = ({ templates }) => {
  const routes = resourcesOf(templates, "AWS::ApiGatewayV2::Route").filter(({ Properties }) =>
    Properties.RouteKey.endsWith("/{rest+}"),
  );
  for (const { Properties } of routes) Properties.RouteKey = Properties.RouteKey.slice(0, -"{rest+}".length);
  return routes.length;
};

/** `Ref` of a secret is its name there. In CloudFormation it is its ARN, which the functions require. */
const secretByArn: Workaround = ({ templates }) => {
  let places = 0;
  for (const { Resources, Outputs = {} } of templates.values()) {
    for (const output of Object.values(Outputs)) {
      const { Ref } = output.Value as { Ref?: string };
      if (Ref === undefined || Resources[Ref]?.Type !== "AWS::SecretsManager::Secret") continue;
      output.Value = { "Fn::GetAtt": [Ref, "Id"] };
      places += 1;
    }
  }
  return places;
};

/** It refuses alarms on a calculation with several metrics, and with them the whole stack. */
const alarmsOnCalculations: Workaround = ({ templates }) =>
  removeResources(templates, ({ Type, Properties }) => Type === "AWS::CloudWatch::Alarm" && "Metrics" in Properties);

/**
 * A REST API cannot answer with an object of S3 there, and an HTTP API does not find a REST API at AWS's name. So the function
 * of portals' pages answers with these files.
 */
const filesOfPages: Workaround = ({ directory, templates }) => {
  let places = 0;
  for (const { Resources } of templates.values()) {
    const [id, page] = Object.entries(Resources).find(([name]) => name.startsWith("PortalPageFunction")) ?? [];
    if (id === undefined || page === undefined) continue;
    const files = Object.values(Resources)
      .filter(({ Type }) => Type === "AWS::ApiGateway::Method")
      .map(({ Properties: { Integration, ResourceId } }) => {
        const [, name = ""] = /\/([^/"]+)"/.exec(JSON.stringify(Integration.Uri).split(":s3:path/")[1] ?? "") ?? [];
        const type = Integration.IntegrationResponses[0].ResponseParameters["method.response.header.content-type"];
        return { path: pathOfResource(Resources, ResourceId.Ref), name: `asset.${name}`, type: type.slice(1, -1) };
      });
    const folder = join(directory, String(page.Metadata?.["aws:asset:path"]));
    for (const { name } of files) cpSync(join(directory, name), join(folder, name));
    writeFileSync(
      join(folder, "files.json"),
      JSON.stringify(Object.fromEntries(files.map((file) => [file.path, file]))),
    );
    appendFileSync(join(folder, "index.js"), answerWithFile);
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type !== "AWS::ApiGatewayV2::Integration" || Properties.IntegrationType !== "HTTP_PROXY") continue;
      Reflect.deleteProperty(Properties, "IntegrationMethod");
      const IntegrationUri = { "Fn::GetAtt": [id, "Arn"] };
      Object.assign(Properties, { IntegrationType: "AWS_PROXY", IntegrationUri, PayloadFormatVersion: "2.0" });
      places += 1;
    }
  }
  return places;
};

const answerWithFile = `
const files = require("./files.json");
const withoutFiles = exports.handler;
exports.handler = async (event, context) => {
  const file = files[event.rawPath];
  if (!file) return withoutFiles(event, context);
  const body = require("node:fs").readFileSync(require("node:path").join(__dirname, file.name)).toString("base64");
  return { statusCode: 200, headers: { "content-type": file.type }, isBase64Encoded: true, body };
};
`;

/**
 * It finds nothing to update in a stack when only outputs have changed. So each stack gets a resource without any function, whose
 * id follows from the outputs.
 */
const outputsAlone: Workaround = ({ templates }) => {
  for (const { Resources, Outputs } of templates.values()) {
    const digest = createHash("sha256")
      .update(JSON.stringify(Outputs ?? {}))
      .digest("hex");
    Resources[`Outputs${digest}`] = { Type: "AWS::CloudFormation::WaitConditionHandle", Properties: {} };
  }
  return templates.size;
};

/** The path of a REST API's resource. */
function pathOfResource(resources: Template["Resources"], id: string): string {
  const { ParentId, PathPart } = resources[id]?.Properties ?? {};
  return `${ParentId.Ref === undefined ? "" : pathOfResource(resources, ParentId.Ref)}/${PathPart}`;
}

/**
 * It takes the sending of a mail for a call without a resource, and does not know the condition `ses:FromAddress`. So it would
 * refuse all mail.
 */
const permissionToMail: Workaround = ({ templates }) => {
  const statements = resourcesOf(templates, "AWS::IAM::Role")
    .flatMap(({ Properties: { Policies = [] } }) => Policies)
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => Action === "ses:SendEmail");
  for (const statement of statements) {
    statement.Resource = "*";
    Reflect.deleteProperty(statement, "Condition");
  }
  return statements.length;
};

/** Its requests have no TLS, which the bucket's policy refuses. The policy has no other statement. */
const requestsWithoutTls: Workaround = ({ templates }) =>
  removeResources(
    templates,
    ({ Type, Properties }) =>
      Type === "AWS::S3::BucketPolicy" &&
      Properties.PolicyDocument.Statement.every(({ Condition }: { readonly Condition?: object }) =>
        JSON.stringify(Condition)?.includes('"aws:SecureTransport":"false"'),
      ),
  );

/**
 * It refuses the roles of `cdk bootstrap` access to the bucket of `cdk bootstrap`. Without them CDK uses the credentials of
 * whoever deploys.
 */
const rolesOfCdk: Workaround = ({ assets, manifest }) => {
  const destinations = [...assets.values()].flatMap(({ files }) =>
    Object.values(files).flatMap((file) => Object.values(file.destinations)),
  );
  const stacks = Object.values(manifest.artifacts).flatMap(({ properties = {} }) => properties);
  const places = [...destinations, ...stacks].filter((place) => "assumeRoleArn" in place);
  for (const place of places) {
    for (const role of ["assumeRoleArn", "cloudFormationExecutionRoleArn", "lookupRole"])
      Reflect.deleteProperty(place, role);
  }
  return places.length;
};

/** All workarounds, by name, in the order in which they are applied: some add to the file that `handlerInCommonJs` makes. */
const workarounds = {
  binariesOfThisMachine,
  handlerInCommonJs,
  callsEndDuringUpdates,
  eventsOfHttpApis,
  pathsThatEndWithSlash,
  secretByArn,
  alarmsOnCalculations,
  filesOfPages,
  outputsAlone,
  permissionToMail,
  requestsWithoutTls,
  rolesOfCdk,
} satisfies Record<string, Workaround>;

/**
 * Applies the workarounds to a cloud assembly, in place.
 * @param directory the folder of the assembly, which nobody else uses
 * @param without names of workarounds that are left out
 * @returns how many places each of them has changed
 */
export function workAround(directory: string, without: readonly string[]): Readonly<Record<string, number>> {
  const templates = readAll<Template>(directory, ".template.json");
  const assets = readAll<AssetList>(directory, ".assets.json");
  const manifestFile = join(directory, "manifest.json");
  const manifest: Manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
  const assembly = { directory, templates, assets, manifest };
  const applied = Object.entries(workarounds).filter(([name]) => !without.includes(name));
  const places = applied.map(([name, workaround]) => [name, workaround(assembly)]);
  writeAll(directory, ".template.json", templates);
  writeAll(directory, ".assets.json", assets);
  writeFileSync(manifestFile, JSON.stringify(manifest));
  return Object.fromEntries(places);
}

/** The files of an assembly that end like this, by the name of their stack. */
function readAll<Content>(directory: string, ending: string): Map<string, Content> {
  const names = readdirSync(directory).filter((name) => name.endsWith(ending));
  return new Map(
    names.map((name) => [name.slice(0, -ending.length), JSON.parse(readFileSync(join(directory, name), "utf8"))]),
  );
}

function writeAll(directory: string, ending: string, contents: ReadonlyMap<string, object>): void {
  for (const [stack, content] of contents) writeFileSync(join(directory, stack + ending), JSON.stringify(content));
}

const resourcesOf = (templates: Assembly["templates"], type: string): Resource[] =>
  [...templates.values()].flatMap(({ Resources }) => Object.values(Resources).filter(({ Type }) => Type === type));

/** The folders with the code of all functions. */
const foldersOfFunctions = ({ directory, templates }: Assembly): string[] =>
  resourcesOf(templates, "AWS::Lambda::Function").map(({ Metadata }) =>
    join(directory, String(Metadata?.["aws:asset:path"])),
  );

/** Removes resources that nothing else in their template refers to. Returns how many. */
function removeResources(templates: Assembly["templates"], isUnwanted: (resource: Resource) => boolean): number {
  const removed = [...templates.values()].map(({ Resources }) => {
    const unwanted = Object.entries(Resources).filter(([, resource]) => isUnwanted(resource));
    for (const [id] of unwanted) delete Resources[id];
    return unwanted.length;
  });
  return removed.reduce((sum, each) => sum + each, 0);
}
