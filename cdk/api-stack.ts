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
import type { Config } from "./deploy-options.ts";
import { acceptFindings, logEncryptionReason } from "./nag.ts";
import { addFunctions, type FunctionsProps, type OperationFunction } from "./operation-function.ts";

/**
 * The HTTP API with its stage and domain names, and the functions and routes of operations that are not in the accounts stack
 * (`isInAccountsStack`) or the pages stack.
 */
export class ApiStack extends Stack {
  readonly api: HttpApi;
  /** The API's address, without a slash at the end. */
  readonly url: string;
  /** The address of portals, with `{org}` for a practice's web address. */
  readonly portalUrl: string;
  /** One line of API Gateway for each request, also for those that it answers without calling a function. */
  readonly gatewayLog: LogGroup;
  /** The functions in this stack. */
  readonly functions: readonly OperationFunction[];

  constructor(scope: Construct, id: string, props: Omit<FunctionsProps, "api" | "portalUrl">) {
    super(scope, id, {
      description: "Frontdesk: the HTTP API, and the functions of operations outside portals and of sign-ins.",
    });
    const { config } = props;

    this.api = new HttpApi(this, "HttpApi", {
      apiName: id,
      createDefaultStage: false,
      disableExecuteApiEndpoint: config.apiDomain !== undefined,
    });
    this.gatewayLog = new LogGroup(this, "GatewayLog", {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const stage = new HttpStage(this, "Stage", {
      httpApi: this.api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: config.requestsPerSecond, burstLimit: config.requestBurst },
      accessLogSettings: { destination: new LogGroupLogDestination(this.gatewayLog), format: gatewayLogFormat },
    });
    // Not CDK's own getter: it throws when the default endpoint is disabled.
    const { attrApiEndpoint } = this.api.node.defaultChild as CfnApi;
    this.portalUrl = config.portalUrl ?? `${attrApiEndpoint}/{org}`;
    this.functions = addFunctions(this, { ...props, api: this.api, portalUrl: this.portalUrl });
    this.throttleEntrances(stage, config);
    this.addDomainNames(stage, config);

    // Exported under every option: a deployed pages stack may still import them, and CloudFormation refuses to remove an
    // export that is imported.
    for (const value of [this.api.apiId, attrApiEndpoint]) this.exportValue(value);

    this.url = config.apiDomain ? `https://${config.apiDomain}` : attrApiEndpoint;
    new CfnOutput(this, "ApiUrl", { value: this.url, description: "The address of this Frontdesk" });
    acceptFindings(this.gatewayLog, logEncryptionReason);
  }

  /** Sets the lower throttle of the routes where strangers can try passwords. */
  private throttleEntrances(stage: HttpStage, { entrancesPerSecond, entranceBurst }: Config): void {
    const routes = this.functions.filter(({ row }) => row.entrance).flatMap((each) => each.routes);
    if (routes.length === 0) return;
    const rate = { ThrottlingRateLimit: entrancesPerSecond, ThrottlingBurstLimit: entranceBurst };
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      routes.map((route) => [(route.node.defaultChild as CfnRoute).routeKey, rate]),
    );
    // API Gateway refuses settings for a route that does not exist yet.
    stage.node.addDependency(...routes);
  }

  /** Adds the deployer's domain names. With a hosted zone it also creates the certificate and the DNS records. */
  private addDomainNames(stage: HttpStage, { apiDomain, portalDomain, ...config }: Config): void {
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
          description: `Create a CNAME record from ${domainName} to this name`,
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

/** Only fields that cannot identify a person: the route's pattern, never a request's path, query, headers or address. */
const gatewayLogFormat = AccessLogFormat.custom(
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
