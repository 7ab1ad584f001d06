import { CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Operation } from "../lib/operations.ts";
import type { Bundles } from "./bundle.ts";
import type { Config } from "./config.ts";
import type { DataStack } from "./data-stack.ts";
import { OperationFunction } from "./operation-function.ts";

/** What the API is made of. */
export interface ApiStackProps {
  readonly config: Config;
  readonly data: DataStack;
  readonly operations: readonly Operation[];
  /** The functions of these operations, by their ids. */
  readonly bundles: Pick<Bundles, "directoryOf">;
}

/** What answers: the HTTP API with its one stage, and a function with its routes for each operation. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { config, data, operations, bundles }: ApiStackProps) {
    super(scope, id, { description: "Frontdesk: the HTTP API and a function for each operation." });

    const api = new HttpApi(this, "HttpApi", { apiName: id, createDefaultStage: false });
    const accessLog = new LogGroup(this, "AccessLog", {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new HttpStage(this, "Stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: config.requestsPerSecond, burstLimit: config.requestBurst },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    });
    for (const row of operations) {
      new OperationFunction(this, row.id, { row, directory: bundles.directoryOf(row.id), api, data, config });
    }
    new CfnOutput(this, "ApiUrl", { value: api.apiEndpoint, description: "Where this Frontdesk answers" });
  }
}

/** Only what cannot name a person: the route's pattern, never the path, query, headers or address of a request. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    requestTime: "$context.requestTime",
    routeKey: "$context.routeKey",
    status: "$context.status",
    responseLength: "$context.responseLength",
    responseLatency: "$context.responseLatency",
    integrationLatency: "$context.integrationLatency",
    integrationStatus: "$context.integrationStatus",
    errorType: "$context.error.responseType",
  }),
);
