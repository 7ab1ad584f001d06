import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  type VersionOptions,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Config } from "./deploy-options.ts";
import { acceptFindings, inlinePolicyReason } from "./nag.ts";

/** What a function is built from. */
export interface FunctionWithRoleProps {
  /** The operation's id, or the worker's name. */
  readonly name: string;
  readonly description: string;
  /** The directory with its bundle. */
  readonly directory: string;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** What the function may do, in addition to writing its log. */
  readonly statements: readonly PolicyStatement[];
  readonly config: Config;
  /** A log group that it shares with other functions. It gets its own when this is left out. */
  readonly sharedLog?: LogGroup;
  /** How its versions are published, if any are. */
  readonly versions?: VersionOptions;
}

/** A Lambda function with its own role, and its own log group unless it shares one. */
export class FunctionWithRole extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: FunctionWithRoleProps) {
    super(scope, id);
    const { name, description, directory, memoryMiB, timeout, environment, statements, config, sharedLog, versions } =
      props;
    this.log =
      sharedLog ??
      new LogGroup(this, "Log", {
        retention: config.logRetentionDays,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
    const writeLog = new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [this.log.logGroupArn],
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `What Frontdesk's ${name} may do`,
      // An inline policy, so that everything that the function may do is in one document.
      inlinePolicies: { Operation: new PolicyDocument({ statements: [writeLog, ...statements] }) },
    });
    this.function = new LambdaFunction(this, "Function", {
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(directory),
      handler: "index.handler",
      memorySize: memoryMiB,
      timeout,
      // Keeps other constructs from adding permissions to the role.
      role: role.withoutPolicyUpdates(),
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
      // Lambda's own three lines a call would be kept as long as the lines of the shared log. Timeouts and crashes stay.
      ...(sharedLog && { systemLogLevelV2: SystemLogLevel.WARN }),
      environment,
      ...(versions && { currentVersionOptions: versions }),
    });
    acceptFindings(role, inlinePolicyReason);
  }
}
