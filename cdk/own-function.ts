import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Config } from "./deploy-options.ts";
import { accept, onePolicyInRole } from "./nag.ts";

/** What a function is made of. */
export interface OwnFunctionProps {
  /** Its name in the registry, or the worker's. */
  readonly name: string;
  readonly description: string;
  /** Where its bundle lies. */
  readonly directory: string;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** What it may do beside writing its log. */
  readonly statements: readonly PolicyStatement[];
  readonly config: Config;
}

/** A Lambda function with a log group and a role of its own. */
export class OwnFunction extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: OwnFunctionProps) {
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
      // In the role itself: everything that the function may do is one document, and one resource less.
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
      // No construct adds to what is said above.
      role: role.withoutPolicyUpdates(),
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
      environment,
    });
    accept(role, onePolicyInRole);
  }
}
