import { Duration, Stack } from "aws-cdk-lib";
import {
  type HttpApi,
  HttpMethod,
  HttpRoute,
  type HttpRouteIntegrationBindOptions,
  type HttpRouteIntegrationConfig,
  HttpRouteKey,
  PayloadFormatVersion,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration, type HttpLambdaIntegrationProps } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Alias, CfnPermission, type IFunction, type IVersion } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { accessOf } from "../lib/access.ts";
import { routeMethods, routePath } from "../lib/api/routes.ts";
import { functionSecondsMax, limitsCalls, type Operation } from "../lib/operations.ts";
import { memoryMiB } from "../tools/function-memory.ts";
import type { Bundles } from "./bundle.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { FunctionWithRole } from "./function-with-role.ts";
import { acceptFindings, noVpcReason } from "./nag.ts";
import { filePermission, objectReasons, readSealSecret, tablePermissions } from "./permissions.ts";
import { Rollout } from "./rollout.ts";

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
  /** How updates become gradual. Without it they happen at once. */
  readonly rollout?: Rollout;
}

/** What the functions of several operations are built from. */
export interface FunctionsProps extends Omit<OperationFunctionProps, "row" | "directory" | "rollout"> {
  readonly operations: readonly Operation[];
  /** The bundled functions of these operations, by operation id. */
  readonly bundles: Pick<Bundles, "directoryOf">;
}

/** Adds a function with its routes for each operation. */
export const addFunctions = (
  scope: Construct,
  { operations, bundles, ...shared }: FunctionsProps,
): readonly OperationFunction[] => {
  const { config, api } = shared;
  const gradual = config.rollout === "canary" && {
    rollout: new Rollout(scope, "Rollout", { config, apiId: api.apiId }),
  };
  return operations.map(
    (row) =>
      new OperationFunction(scope, row.id, { row, directory: bundles.directoryOf(row.id), ...shared, ...gradual }),
  );
};

/** A registry row in AWS: a function with its role and its routes. It logs into the access log. */
export class OperationFunction extends FunctionWithRole {
  readonly row: Operation;
  readonly routes: readonly HttpRoute[];

  constructor(scope: Construct, id: string, props: OperationFunctionProps) {
    const { row, directory, api, data, config, environment, rollout } = props;
    const instances = row.entrance ? config.entranceInstances : 0;
    super(scope, id, {
      name: row.id,
      // A version's number of instances cannot be changed. With another description the function gets a new version.
      description: instances > 0 ? `${row.summary} (always ready: ${instances})` : row.summary,
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
      // Of the version and not of the alias: Lambda refuses instances of an alias while CodeDeploy shifts its calls.
      ...(instances > 0 && { versions: { provisionedConcurrentExecutions: instances } }),
    });
    this.row = row;
    acceptFindings(this, { ...reasons, ...(row.files && objectReasons(data)) });
    const live = rollout || instances > 0 ? this.#addAlias(rollout) : undefined;
    const integration = new Integration(this.function, live, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      // One permission for all routes: a permission for each could exceed the 20 KB of the function's resource policy.
      // `$default` needs its own, because its ARN has no method and path, and the ARN that CDK writes for all routes has.
      scopePermissionToRoute: row.paths.includes("$default"),
    });
    this.routes = routeKeys(row).map(
      (routeKey) => new HttpRoute(this, `Route ${routeKey.key}`, { httpApi: api, routeKey, integration }),
    );
    if (live) this.#letCall(live, api);
  }

  /** Adds a published version and the alias `live`, which leads to it. */
  #addAlias(rollout: Rollout | undefined): Alias {
    // CDK's own class of versions does not fit its interface under `exactOptionalPropertyTypes`.
    const version = this.function.currentVersion as IVersion;
    const live = new Alias(this, "Live", { aliasName: "live", version });
    rollout?.shift(this, live);
    return live;
  }

  /**
   * Lets the API call the alias, before the integration leads to it. The permission to call the function itself stays, so that
   * no call fails while options switch between the two.
   */
  #letCall(live: Alias, api: HttpApi): void {
    const permission = new CfnPermission(this, "CallLive", {
      action: "lambda:InvokeFunction",
      functionName: live.functionArn,
      principal: "apigateway.amazonaws.com",
      sourceArn: Stack.of(this).formatArn({
        service: "execute-api",
        resource: api.apiId,
        resourceName: this.row.paths.includes("$default") ? "*/*" : "*/*/*",
      }),
    });
    // All routes share the integration, which is below the first one.
    const integration = this.routes[0]?.node.tryFindChild("Integration");
    integration?.node.addDependency(permission);
  }
}

/** Leads routes to a function, or to an alias of it. The permission is for the function itself, whichever it leads to. */
class Integration extends HttpLambdaIntegration {
  readonly #live: Alias | undefined;

  constructor(handler: IFunction, live: Alias | undefined, props: HttpLambdaIntegrationProps) {
    super("Integration", handler, props);
    this.#live = live;
  }

  override bind(options: HttpRouteIntegrationBindOptions): HttpRouteIntegrationConfig {
    const bound = super.bind(options);
    return this.#live ? { ...bound, uri: this.#live.functionArn } : bound;
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
  ...(limitsCalls(row) && {
    ENTRANCES_PER_ADDRESS: String(config.entrancesPerAddress),
    ENTRANCES_PER_APPLICATION: String(config.entrancesPerApplication),
  }),
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
