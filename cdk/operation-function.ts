import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type HttpApi, HttpMethod, HttpRoute, HttpRouteKey, PayloadFormatVersion } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Operation } from "../lib/operations.ts";
import type { Config } from "./config.ts";
import type { DataStack } from "./data-stack.ts";
import { permissions } from "./permissions.ts";

/** What a function of an operation is made of. */
export interface OperationFunctionProps {
  readonly row: Operation;
  /** Where its bundle lies. */
  readonly directory: string;
  readonly api: HttpApi;
  readonly data: DataStack;
  readonly config: Config;
}

/** Memory of each class. Lambda gives CPU by memory: 1769 MiB is one whole core, which is what argon2id is waiting for. */
const memoryMiB = { small: 512, hash: 1769 } as const;

/** A registry row in AWS: the function, its role, its log group, and its routes. */
export class OperationFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { row, directory, api, data, config }: OperationFunctionProps) {
    super(scope, id);
    const log = new LogGroup(this, "Log", {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const writeLog = new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [log.logGroupArn],
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `What Frontdesk's ${row.id} may do`,
      // In the role itself: everything that the function may do is one document, and one resource less.
      inlinePolicies: { Operation: new PolicyDocument({ statements: [writeLog, ...permissions(row, data)] }) },
    });
    this.function = new LambdaFunction(this, "Function", {
      description: row.summary,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(directory),
      handler: "index.handler",
      memorySize: memoryMiB[row.memory],
      timeout: Duration.seconds(15),
      role,
      logGroup: log,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        TABLE_NAME: data.table.tableName,
        DIRECT_DOMAIN: config.directDomain,
        PORTAL_URL: config.portalUrl,
        ...(row.seals && { SEAL_SECRET_ARN: data.sealSecret.secretArn }),
      },
    });
    const integration = new HttpLambdaIntegration("Integration", this.function, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      // One permission for all routes: one for each would fill the function's resource policy (20 KB). `$default` needs
      // its own: the ARN that CDK writes for all has a place for method and path each, the one of `$default` has not.
      scopePermissionToRoute: row.paths.includes("$default"),
    });
    for (const routeKey of routeKeys(row)) {
      new HttpRoute(this, `Route ${routeKey.key}`, { httpApi: api, routeKey, integration });
    }
  }
}

/** The routes of a row: each path with its method, and with HEAD where that is GET. */
function routeKeys({ method, paths }: Operation): HttpRouteKey[] {
  const methods = method === "GET" ? [HttpMethod.GET, HttpMethod.HEAD] : [HttpMethod[method]];
  return paths.flatMap((path) =>
    path === "$default" ? HttpRouteKey.DEFAULT : methods.map((each) => HttpRouteKey.with(routePath(path), each)),
  );
}

/**
 * API Gateway takes no route that ends with a slash, and tells a path that does from one that does not: only a greedy
 * variable after the slash, standing for nothing, matches it.
 */
const routePath = (path: string) => (path.endsWith("/") ? `${path}{rest+}` : path);
