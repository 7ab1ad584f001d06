import { Duration } from "aws-cdk-lib";
import { type HttpApi, HttpMethod, HttpRoute, HttpRouteKey, PayloadFormatVersion } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Construct } from "constructs";
import { accessOf } from "../lib/access.ts";
import { routeMethods, routePath } from "../lib/api/routes.ts";
import { functionSecondsMax, type Operation } from "../lib/operations.ts";
import { memoryMiB } from "../tools/function-memory.ts";
import type { Bundles } from "./bundle.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { FunctionWithRole } from "./function-with-role.ts";
import { acceptFindings, noVpcReason } from "./nag.ts";
import { filePermission, objectReasons, readSealSecret, tablePermissions } from "./permissions.ts";

/** What the function of an operation is built from. */
export interface OperationFunctionProps {
  readonly row: Operation;
  /** The directory with its bundle. */
  readonly directory: string;
  readonly api: HttpApi;
  readonly data: DataStack;
  readonly config: Config;
  /** The address of portals, with `{org}` for a practice's web address. */
  readonly portalUrl: string;
  /** Environment variables in addition to those that the row leads to. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What the functions of several operations are built from. */
export interface FunctionsProps extends Omit<OperationFunctionProps, "row" | "directory"> {
  readonly operations: readonly Operation[];
  /** The bundled functions of these operations, by operation id. */
  readonly bundles: Pick<Bundles, "directoryOf">;
}

/** Adds a function with its routes for each operation. */
export const addFunctions = (
  scope: Construct,
  { operations, bundles, ...shared }: FunctionsProps,
): readonly OperationFunction[] =>
  operations.map(
    (row) => new OperationFunction(scope, row.id, { row, directory: bundles.directoryOf(row.id), ...shared }),
  );

/** A registry row in AWS: a function with its role and its routes. It logs into the access log. */
export class OperationFunction extends FunctionWithRole {
  readonly row: Operation;
  readonly routes: readonly HttpRoute[];

  constructor(scope: Construct, id: string, props: OperationFunctionProps) {
    const { row, directory, api, data, config, environment } = props;
    super(scope, id, {
      name: row.id,
      description: row.summary,
      directory,
      memoryMiB: memoryMiB[row.memory],
      timeout: Duration.seconds(functionSecondsMax),
      // A function that does not use the table needs none of the settings that all others have.
      environment: { ...(row.table !== "none" && settings(props)), ...environment },
      statements: [
        ...tablePermissions(accessOf(row), data),
        ...(row.seals ? [readSealSecret(data)] : []),
        ...(row.files ? [filePermission(row.files, data)] : []),
      ],
      config,
      sharedLog: data.accessLog,
    });
    this.row = row;
    acceptFindings(this, { ...reasons, ...(row.files && objectReasons(data)) });
    const integration = new HttpLambdaIntegration("Integration", this.function, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      // One permission for all routes: a permission for each could exceed the 20 KB of the function's resource policy.
      // `$default` needs its own, because its ARN has no method and path, and the ARN that CDK writes for all routes has.
      scopePermissionToRoute: row.paths.includes("$default"),
    });
    this.routes = routeKeys(row).map(
      (routeKey) => new HttpRoute(this, `Route ${routeKey.key}`, { httpApi: api, routeKey, integration }),
    );
  }
}

/** Why findings on functions of operations, and on their routes, are accepted. */
const reasons = {
  "AwsSolutions-APIG4":
    "The functions check credentials themselves, in one middleware stack; the registry states the tier of each operation. The contracts carry credentials in the body, in two kinds of headers and in cookies, and prescribe the words of a refusal. An authorizer can do none of this.",
  "HIPAA.Security-LambdaConcurrency":
    "The stage throttles requests, with a lower rate for routes where strangers can try passwords. Reserved concurrency for each function would only let one function run out while others are idle.",
  "HIPAA.Security-LambdaDLQ":
    "API Gateway is the only caller and waits for the answer: it sees every failure, so nothing is lost.",
  ...noVpcReason,
} as const;

/** A function's environment variables; `lib/settings.ts` reads them. */
const settings = ({ row, data, config, portalUrl }: OperationFunctionProps) => ({
  TABLE_NAME: data.table.tableName,
  DIRECT_DOMAIN: config.directDomain,
  EVENT_YEARS: String(config.eventYears),
  ...(isPortalTier(row) && { PORTAL_URL: portalUrl }),
  ...(row.files && { FILES_BUCKET: data.files.bucketName }),
  ...(row.seals && { SEAL_SECRET_ARN: data.sealSecret.secretArn }),
});

/** Functions of portals need the portals' address, for mailed links and for cookies. */
const isPortalTier = ({ tier }: Operation) => ["portal", "visitor", "session"].includes(tier);

/** The routes of a row, on each of its paths. */
const routeKeys = ({ method, paths }: Operation): HttpRouteKey[] =>
  paths.flatMap((path) =>
    path === "$default"
      ? HttpRouteKey.DEFAULT
      : routeMethods(method, path).map((each) => HttpRouteKey.with(routePath(path), HttpMethod[each])),
  );
