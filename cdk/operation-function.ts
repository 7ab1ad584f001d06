import { Duration } from "aws-cdk-lib";
import { type HttpApi, HttpMethod, HttpRoute, HttpRouteKey, PayloadFormatVersion } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Construct } from "constructs";
import { accessOf } from "../lib/access.ts";
import { routePath } from "../lib/api/routes.ts";
import { functionSecondsMax, type Operation } from "../lib/operations.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { OwnFunction } from "./own-function.ts";
import { readSealSecret, tablePermissions } from "./permissions.ts";

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
export class OperationFunction extends OwnFunction {
  readonly row: Operation;
  readonly routes: readonly HttpRoute[];

  constructor(scope: Construct, id: string, { row, directory, api, data, config }: OperationFunctionProps) {
    super(scope, id, {
      name: row.id,
      description: row.summary,
      directory,
      memoryMiB: memoryMiB[row.memory],
      timeout: Duration.seconds(functionSecondsMax),
      // What does without the table does without settings.
      environment: row.table === "none" ? {} : settings(row, data, config),
      statements: [...tablePermissions(accessOf(row), data), ...(row.seals ? [readSealSecret(data)] : [])],
      config,
    });
    this.row = row;
    const integration = new HttpLambdaIntegration("Integration", this.function, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      // One permission for all routes: one for each would fill the function's resource policy (20 KB). `$default` needs
      // its own: the ARN that CDK writes for all has a place for method and path each, the one of `$default` has not.
      scopePermissionToRoute: row.paths.includes("$default"),
    });
    this.routes = routeKeys(row).map(
      (routeKey) => new HttpRoute(this, `Route ${routeKey.key}`, { httpApi: api, routeKey, integration }),
    );
  }
}

/** What a function is told; `lib/settings.ts` reads it. */
const settings = (row: Operation, data: DataStack, config: Config) => ({
  TABLE_NAME: data.table.tableName,
  DIRECT_DOMAIN: config.directDomain,
  ...(isPortalTier(row) && { PORTAL_URL: config.portalUrl }),
  ...(row.seals && { SEAL_SECRET_ARN: data.sealSecret.secretArn }),
});

/** Links that are mailed and cookies are of the portals' address. */
const isPortalTier = ({ tier }: Operation) => ["portal", "visitor", "session"].includes(tier);

/** The routes of a row: each path with its method, and with HEAD where that is GET. */
function routeKeys({ method, paths }: Operation): HttpRouteKey[] {
  const methods = method === "GET" ? [HttpMethod.GET, HttpMethod.HEAD] : [HttpMethod[method]];
  return paths.flatMap((path) =>
    path === "$default" ? HttpRouteKey.DEFAULT : methods.map((each) => HttpRouteKey.with(routePath(path), each)),
  );
}
