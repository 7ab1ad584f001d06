import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
} from "@aws-sdk/client-cloudformation";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { HeadBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Outputs } from "./deployment.ts";
import type { Emulator } from "./emulator.ts";
import { type HttpAnswer, sender, sendTo } from "./http.ts";
import { signedHeaders } from "./signing.ts";

/** A mail that the emulator would have sent. */
interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

/** What the emulator has: as an operator sees AWS through its console. */
export class Cloud {
  readonly #endpoint: string;
  readonly #outputs: Outputs;
  readonly #access;
  readonly #stacks;
  readonly #files;

  constructor({ endpoint, environment }: Emulator, outputs: Outputs) {
    this.#endpoint = endpoint;
    this.#outputs = outputs;
    const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
    this.#access = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    this.#stacks = new CloudFormationClient(this.#access);
    this.#files = new S3Client({ ...this.#access, forcePathStyle: true });
  }

  /** An output of a stack. @throws Error when there is none with this name */
  output(stack: string, name: string): string {
    const value = this.#outputs[stack]?.[name];
    if (value === undefined) throw new Error(`the stack ${stack} has no output ${name}`);
    return value;
  }

  /** Verifies a sender with SES, as its owner does by a mailed link, and leaves the sandbox. */
  async verifySender(EmailIdentity: string): Promise<void> {
    const ses = new SESv2Client(this.#access);
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity }));
  }

  /** All mail, in the order in which it was sent. */
  async mails(): Promise<Mail[]> {
    const { messages } = (await (await fetch(`${this.#endpoint}/_ministack/ses/messages`)).json()) as {
      messages: Record<string, { To: string[]; BodyText: string }[]>;
    };
    return Object.values(messages)
      .flat()
      .map(({ To, BodyText }) => ({ to: To, text: BodyText }));
  }

  /** The keys of all objects in the bucket of pictures. */
  async files(): Promise<string[]> {
    const { bucket: Bucket } = this.dataNames();
    const { Contents = [] } = await this.#files.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => String(Key));
  }

  /** The names of what the deletion of its stack leaves. */
  dataNames(): { table: string; bucket: string; secret: string } {
    const [secret = ""] = Object.values(this.#outputs.FrontdeskData ?? {}).filter((value) => /:secret:/.test(value));
    const bucket = this.output("FrontdeskData", "FilesArn").split(":::")[1] ?? "";
    return { table: this.output("FrontdeskData", "TableName"), bucket, secret };
  }

  /** Which of them exist. */
  async whichRemain({ table: TableName, bucket: Bucket, secret: SecretId }: ReturnType<Cloud["dataNames"]>) {
    const exists = (found: Promise<unknown>) => found.then(Boolean, () => false);
    return {
      table: await exists(new DynamoDBClient(this.#access).send(new DescribeTableCommand({ TableName }))),
      bucket: await exists(this.#files.send(new HeadBucketCommand({ Bucket }))),
      secret: await exists(new SecretsManagerClient(this.#access).send(new GetSecretValueCommand({ SecretId }))),
    };
  }

  /** The stacks that exist, by name. */
  async stackNames(): Promise<string[]> {
    const { StackSummaries = [] } = await this.#stacks.send(new ListStacksCommand());
    const existing = StackSummaries.filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE");
    return existing.map(({ StackName }) => String(StackName)).sort();
  }

  /** Switches the protection of a stack against deletion off. */
  async unprotect(StackName: string): Promise<void> {
    await this.#stacks.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
  }

  /** The addresses that a topic sends to. */
  async subscribersOf(TopicArn: string): Promise<string[]> {
    const { Subscriptions = [] } = await new SNSClient(this.#access).send(
      new ListSubscriptionsByTopicCommand({ TopicArn }),
    );
    return Subscriptions.map(({ Endpoint }) => String(Endpoint));
  }

  /** The environment variables of a function. */
  async environmentOf(name: string): Promise<Readonly<Record<string, string>>> {
    const path = `/2015-03-31/functions/${name}/configuration`;
    const { body } = await this.#request("lambda", "GET", path);
    return JSON.parse(body.toString()).Environment.Variables;
  }

  /** Takes its permissions away from a role. */
  async disarm(RoleName: string): Promise<void> {
    const iam = async (Action: string, parameters: Readonly<Record<string, string>>) => {
      const form = new URLSearchParams({ Action, Version: "2010-05-08", ...parameters }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return (await this.#request("iam", "POST", "/", form, headers)).body.toString();
    };
    const policies = (await iam("ListRolePolicies", { RoleName })).matchAll(/<member>([^<]+)<\/member>/g);
    for (const [, PolicyName = ""] of policies) await iam("DeleteRolePolicy", { RoleName, PolicyName });
  }

  /** Makes a hosted zone of Route 53. Returns its id. */
  async makeZone(name: string): Promise<string> {
    const xml = `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${name}</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>`;
    const { body } = await this.#request("route53", "POST", "/2013-04-01/hostedzone", xml);
    const [, id] = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(body.toString()) ?? [];
    if (id === undefined) throw new Error(`no hosted zone was made: ${body}`);
    return id;
  }

  /** The names of the addresses (IPv4) in a hosted zone. */
  async recordsOf(zone: string): Promise<string[]> {
    const path = `/2013-04-01/hostedzone/${zone}/rrset`;
    const { body } = await this.#request("route53", "GET", path);
    const records = body.toString().matchAll(/<Name>([^<]+)<\/Name><Type>A<\/Type>/g);
    return [...records].map(([, name = ""]) => name.replace("\\052", "*")).sort();
  }

  /** The name that the deployment has given to a resource. @param id how its logical id begins */
  async nameOf(stack: string, id: string, type: string): Promise<string> {
    const { StackResources = [] } = await this.#stacks.send(new DescribeStackResourcesCommand({ StackName: stack }));
    const found = StackResources.find((each) => each.ResourceType === type && each.LogicalResourceId?.startsWith(id));
    if (!found?.PhysicalResourceId) throw new Error(`the stack ${stack} has no ${type} ${id}`);
    return found.PhysicalResourceId;
  }

  /** Calls a function with an empty event. @throws Error with its error */
  async invoke(name: string): Promise<void> {
    const path = `/2015-03-31/functions/${name}/invocations`;
    const { headers, body } = await this.#request("lambda", "POST", path, "{}");
    if (headers["x-amz-function-error"]) throw new Error(body.toString());
  }

  /** Calls an action of a service whose client we do not have. */
  // biome-ignore lint/suspicious/noExplicitAny: each action has its own answer
  async call(service: string, target: string, input: object): Promise<any> {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
    const { status, body } = await this.#request(service, "POST", "/", JSON.stringify(input), headers);
    if (status !== 200) throw new Error(`${target}: ${body}`);
    return JSON.parse(body.toString());
  }

  /** What a log group has. */
  async logOf(logGroupName: string): Promise<string> {
    const { events } = await this.call("logs", "Logs_20140328.FilterLogEvents", { logGroupName });
    return (events as { message: string }[]).map(({ message }) => message).join("\n");
  }

  /** What the dead-letter queues have. */
  async deadLetters(): Promise<unknown[]> {
    const { messages } = (await (await fetch(`${this.#endpoint}/_ministack/sqs/messages`)).json()) as {
      messages: Record<string, Record<string, Record<string, unknown[]>>>;
    };
    return Object.values(messages).flatMap((regions) =>
      Object.values(regions).flatMap((queues) => Object.values(queues).flat()),
    );
  }

  /** Sends requests to the API at a URL. */
  sender = (apiUrl: string) => sender(this.#endpoint, apiUrl);

  /** Sends a request to the API or the bucket that a URL names. */
  send = (
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
    body: Buffer | string = "",
  ): Promise<HttpAnswer> => sendTo(this.#endpoint, method, url, headers, body);

  /** Sends a signed request to a service whose client we do not have. */
  async #request(service: string, method: string, path: string, body = "", headers: Record<string, string> = {}) {
    const url = this.#endpoint + path;
    const signed = await signedHeaders(service, this.#access, { method, url, headers, body });
    return this.send(method, url, signed, body);
  }
}
