import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
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
}

/** A Lambda function with its own log group and its own role. */
export class FunctionWithRole extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: FunctionWithRoleProps) {
    super(scope, id);
    const { name, description, directory, memoryMiB, timeout, environment, statements, config } = props;
    this.log = new LogGroup(this, "Log", {
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
      environment,
    });
    acceptFindings(role, inlinePolicyReason);
  }
}
