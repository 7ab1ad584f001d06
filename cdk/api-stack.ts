import { CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  ApiMapping,
  type CfnApi,
  type CfnRoute,
  type CfnStage,
  DomainName,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from "aws-cdk-lib/aws-apigatewayv2";
import { Certificate, CertificateValidation, type ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from "aws-cdk-lib/aws-route53";
import { ApiGatewayv2DomainProperties } from "aws-cdk-lib/aws-route53-targets";
import type { Construct } from "constructs";
import type { Operation } from "../lib/operations.ts";
import type { Bundles } from "./bundle.ts";
import type { DataStack } from "./data-stack.ts";
import type { Config } from "./deploy-options.ts";
import { accept, outsideVpc } from "./nag.ts";
import { OperationFunction } from "./operation-function.ts";

/** What the API is made of. */
export interface ApiStackProps {
  readonly config: Config;
  readonly data: DataStack;
  readonly operations: readonly Operation[];
  /** The functions of these operations, by their ids. */
  readonly bundles: Pick<Bundles, "directoryOf">;
}

/** What answers: the HTTP API with its one stage and its names, and a function with its routes for each operation. */
export class ApiStack extends Stack {
  readonly api: HttpApi;
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  readonly accessLog: LogGroup;
  readonly functions: readonly OperationFunction[];

  constructor(scope: Construct, id: string, { config, data, operations, bundles }: ApiStackProps) {
    super(scope, id, { description: "Frontdesk: the HTTP API and a function for each operation." });

    this.api = new HttpApi(this, "HttpApi", {
      apiName: id,
      createDefaultStage: false,
      disableExecuteApiEndpoint: config.apiDomain !== undefined,
    });
    this.accessLog = new LogGroup(this, "AccessLog", {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const stage = new HttpStage(this, "Stage", {
      httpApi: this.api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: config.requestsPerSecond, burstLimit: config.requestBurst },
      accessLogSettings: { destination: new LogGroupLogDestination(this.accessLog), format: accessLogFormat },
    });
    this.functions = operations.map(
      (row) =>
        new OperationFunction(this, row.id, {
          row,
          directory: bundles.directoryOf(row.id),
          api: this.api,
          data,
          config,
        }),
    );
    this.throttleEntrances(stage, config);
    this.name(stage, config);

    // The CDK's own getter refuses when there is an apiDomain.
    const { attrApiEndpoint } = this.api.node.defaultChild as CfnApi;
    // Always: the stack of the page may be deployed with options of before, and CloudFormation keeps what that imports.
    for (const value of [this.api.apiId, attrApiEndpoint]) this.exportValue(value);

    this.url = config.apiDomain ? `https://${config.apiDomain}` : attrApiEndpoint;
    new CfnOutput(this, "ApiUrl", { value: this.url, description: "Where this Frontdesk answers" });
    accept(this, {
      "AwsSolutions-APIG4":
        "The functions judge credentials themselves, in one middleware stack whose tier the registry states for each operation: the contracts carry credentials in the body, in two kinds of headers and in cookies, and word refusals, none of which an authorizer can.",
      "HIPAA.Security-LambdaConcurrency":
        "The stage throttles requests, route by route where strangers guess; a share of the account's concurrency for each of the functions would only let one run dry while others are idle.",
      "HIPAA.Security-LambdaDLQ":
        "Called synchronously by API Gateway only: the caller hears of a failure, nothing is lost.",
      ...outsideVpc,
      ...logsHoldNothing,
    });
  }

  /** Sets the lower rate of the routes that strangers guess at. */
  private throttleEntrances(stage: HttpStage, { entrancesPerSecond, entranceBurst }: Config): void {
    const routes = this.functions.filter(({ row }) => row.entrance).flatMap((each) => each.routes);
    if (routes.length === 0) return;
    const rate = { ThrottlingRateLimit: entrancesPerSecond, ThrottlingBurstLimit: entranceBurst };
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      routes.map((route) => [(route.node.defaultChild as CfnRoute).routeKey, rate]),
    );
    // Only routes that are there can be named.
    stage.node.addDependency(...routes);
  }

  /** Gives the API the deployer's names, with certificate and records where their zone is ours to write. */
  private name(stage: HttpStage, { apiDomain, portalDomain, ...config }: Config): void {
    const names = { Api: apiDomain, Portals: portalDomain && `*.${portalDomain}` };
    const stated = Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined);
    if (stated.length === 0) return;
    const zone =
      config.hostedZoneId && config.hostedZoneName
        ? HostedZone.fromHostedZoneAttributes(this, "Zone", {
            hostedZoneId: config.hostedZoneId,
            zoneName: config.hostedZoneName,
          })
        : undefined;
    const certificate = this.certificate(
      stated.map(([, domainName]) => domainName),
      config.certificateArn,
      zone,
    );
    for (const [which, domainName] of stated) {
      const domain = new DomainName(this, `${which}Domain`, {
        domainName,
        certificate,
        securityPolicy: SecurityPolicy.TLS_1_2,
      });
      new ApiMapping(this, `${which}Mapping`, { api: this.api, domainName: domain, stage });
      if (zone) {
        const target = RecordTarget.fromAlias(
          new ApiGatewayv2DomainProperties(domain.regionalDomainName, domain.regionalHostedZoneId),
        );
        new ARecord(this, `${which}Record`, { zone, recordName: domainName, target });
        new AaaaRecord(this, `${which}Record6`, { zone, recordName: domainName, target });
      } else {
        new CfnOutput(this, `${which}Cname`, {
          value: domain.regionalDomainName,
          description: `What ${domainName} must be a CNAME of`,
        });
      }
    }
  }

  private certificate(names: readonly string[], arn: string | undefined, zone: IHostedZone | undefined): ICertificate {
    if (arn) return Certificate.fromCertificateArn(this, "Certificate", arn);
    const [domainName = "", ...subjectAlternativeNames] = names;
    const validation = CertificateValidation.fromDns(zone);
    return new Certificate(this, "Certificate", { domainName, subjectAlternativeNames, validation });
  }
}

/** Why log groups need no key of one's own. */
export const logsHoldNothing = {
  "HIPAA.Security-CloudWatchLogGroupEncrypted":
    "CloudWatch Logs encrypts every log group with its own key. What is logged names no person: operation, request id, status, code and number of round trips; of an unforeseen error name, message and stack; of a message its key. No body, header, path, query or record.",
} as const;

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
