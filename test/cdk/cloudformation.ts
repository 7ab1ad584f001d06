import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What CloudFormation is told to change a stack with. */
export interface Request {
  readonly stack: string;
  /** A value by a parameter's name; `previous` if the value should stay. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A deployed stack. */
interface Stack {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The parts of a template that decide which values a parameter may have. */
export interface TemplateWithParameters {
  readonly Parameters?: Readonly<
    Record<string, { Default?: string; AllowedValues?: readonly string[]; ConstraintDescription?: string }>
  >;
}

/** A CloudFormation on this machine that deploys nothing. It checks parameters and remembers stacks, as AWS does. */
export interface FakeCloudFormation extends AsyncDisposable {
  readonly url: string;
  /** The templates that are being deployed, by stack name: `cdk deploy` sends them as YAML, which nothing here can read. */
  readonly templates: Map<string, TemplateWithParameters>;
  /** The deployed stacks, by name. */
  readonly stacks: Map<string, Stack>;
  /** The change sets that were asked for, oldest first. */
  readonly requests: Request[];
  /** The names of the stacks whose change sets were carried out. */
  readonly carriedOut: string[];
}

const account = "123456789012";
/** An id of a stack or of a change set, with the name of the stack in it. */
const arnOf = (kind: "stack" | "changeSet", name: string) =>
  `arn:aws:cloudformation:eu-central-1:${account}:${kind}/${name}/1`;
const stackIn = (nameOrArn: string) => nameOrArn.split("/")[1] ?? nameOrArn;
const inXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Starts the server on a free port of loopback. */
export async function startCloudFormation(): Promise<FakeCloudFormation> {
  const state = {
    templates: new Map<string, TemplateWithParameters>(),
    stacks: new Map<string, Stack>(),
    prepared: new Map<string, Stack>(),
    requests: [] as Request[],
    carriedOut: [] as string[],
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const action = form.get("Action") ?? "";
    const answer = answerTo(action, form, state);
    response.writeHead("code" in answer ? 400 : 200, { "content-type": "text/xml" });
    response.end(
      "code" in answer
        ? `<ErrorResponse><Error><Code>${answer.code}</Code><Message>${inXml(answer.message)}</Message></Error></ErrorResponse>`
        : `<${action}Response><${action}Result>${answer.xml}</${action}Result></${action}Response>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    ...state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Answer = { readonly xml: string } | { readonly code: string; readonly message: string };

interface State extends Pick<FakeCloudFormation, "templates" | "stacks" | "requests" | "carriedOut"> {
  readonly prepared: Map<string, Stack>;
}

function answerTo(action: string, form: URLSearchParams, state: State): Answer {
  const name = stackIn(form.get("StackName") ?? "");
  const deployed = state.stacks.get(name);
  switch (action) {
    case "GetCallerIdentity":
      return { xml: `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/me</Arn><UserId>me</UserId>` };
    case "DescribeStacks":
      return deployed
        ? { xml: `<Stacks><member>${described(name, deployed)}</member></Stacks>` }
        : { code: "ValidationError", message: `Stack with id ${name} does not exist` };
    case "GetTemplate":
      return { xml: `<TemplateBody>${inXml(deployed?.template ?? "{}")}</TemplateBody>` };
    case "CreateChangeSet":
      return createChangeSet(name, form, state);
    case "DescribeChangeSet":
      return state.prepared.has(name)
        ? {
            xml: `<StackId>${arnOf("stack", name)}</StackId><ChangeSetId>${arnOf("changeSet", name)}</ChangeSetId><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Changes><member><Type>Resource</Type></member></Changes>`,
          }
        : { code: "ChangeSetNotFound", message: "no such change set" };
    case "ExecuteChangeSet":
      state.stacks.set(name, state.prepared.get(name) as Stack);
      state.prepared.delete(name);
      state.carriedOut.push(name);
      return { xml: "" };
    // Deletions of old change sets, and events: nothing that anybody needs to know.
    default:
      return { xml: "" };
  }
}

const described = (name: string, { parameters }: Stack) =>
  `<StackId>${arnOf("stack", name)}</StackId><StackName>${name}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Parameters>${Object.entries(
    parameters,
  )
    .map(
      ([key, value]) => `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
    )
    .join("")}</Parameters>`;

/** Checks the parameters that a template declares, those that stay as they were as well. */
function createChangeSet(
  name: string,
  form: URLSearchParams,
  { templates, stacks, prepared, requests }: State,
): Answer {
  const members = (list: string) =>
    [...Array(50).keys()].map((index) => (field: string) => form.get(`${list}.member.${index + 1}.${field}`));
  const stated = members("Parameters").flatMap((get) => {
    const key = get("ParameterKey");
    if (key === null) return [];
    return [[key, get("UsePreviousValue") === "true" ? "previous" : (get("ParameterValue") ?? "")] as const];
  });
  const tags = members("Tags").flatMap((get) => (get("Key") ? [[get("Key"), get("Value")]] : []));
  const parameters = Object.fromEntries(stated);
  requests.push({ stack: name, parameters, tags: Object.fromEntries(tags) });

  const { Parameters = {} } = templates.get(name) ?? {};
  const values: Record<string, string> = {};
  for (const [key, { Default, AllowedValues, ConstraintDescription }] of Object.entries(Parameters)) {
    const given = parameters[key] === "previous" ? stacks.get(name)?.parameters[key] : parameters[key];
    const value = given ?? Default ?? "";
    if (AllowedValues && !AllowedValues.includes(value)) {
      return { code: "ValidationError", message: `Parameter '${key}' ${ConstraintDescription}` };
    }
    values[key] = value;
  }
  prepared.set(name, { template: form.get("TemplateBody") ?? "", parameters: values });
  return { xml: `<Id>${arnOf("changeSet", name)}</Id><StackId>${arnOf("stack", name)}</StackId>` };
}
