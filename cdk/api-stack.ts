import { Aws, CfnOutput, Fn, RemovalPolicy } from "aws-cdk-lib";
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
import {
  AaaaRecord,
  ARecord,
  HostedZone,
  type IAliasRecordTarget,
  type IHostedZone,
  RecordTarget,
} from "aws-cdk-lib/aws-route53";
import { ApiGatewayv2DomainProperties, CloudFrontTarget } from "aws-cdk-lib/aws-route53-targets";
import type { Construct } from "constructs";
import type { Config } from "./deploy-options.ts";
import { EdgeGuard } from "./edge-guard.ts";
import { type EdgeSide, edgeName, hasEdge, isBehindEdge } from "./edge-names.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { acceptFindings, logEncryptionReason } from "./nag.ts";
import { addFunctions, type FunctionsProps, type OperationFunction } from "./operation-function.ts";
import { countServerFaults } from "./rollout.ts";

/**
 * The HTTP API with its stage and domain names, and the functions and routes of operations that are not in the accounts stack
 * (`isInAccountsStack`) or the pages stack.
 */
export class ApiStack extends FrontdeskStack {
  readonly api: HttpApi;
  /** The API's address, without a slash at the end. */
  readonly url: string;
  /** The address of portals, with `{org}` for a practice's web address. */
  readonly portalUrl: string;
  /** One line of API Gateway for each request, also for those that it answers without calling a function. */
  readonly gatewayLog: LogGroup;
  /** The deployer's domain names in API Gateway. */
  readonly domains: { readonly [S in EdgeSide]?: DomainName };
  /** The authorizer that admits requests from CloudFront only, if the deployer chose an edge. */
  readonly guard: EdgeGuard | undefined;
  /** The functions in this stack. */
  readonly functions: readonly OperationFunction[];

  constructor(scope: Construct, id: string, props: Omit<FunctionsProps, "api" | "portalUrl">) {
    super(scope, id, props.config, {
      description: "Frontdesk: the HTTP API, and the functions of operations outside portals and of sign-ins.",
    });
    const { config } = props;

    this.api = new HttpApi(this, "HttpApi", {
      apiName: id,
      createDefaultStage: false,
      disableExecuteApiEndpoint: config.apiDomain !== undefined,
    });
    this.gatewayLog = new LogGroup(this, "GatewayLog", {
      logGroupName: deliveredLogName(id),
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    if (config.rollout === "canary") countServerFaults(this, this.gatewayLog, config);
    const stage = new HttpStage(this, "Stage", {
      httpApi: this.api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: config.requestsPerSecond, burstLimit: config.requestBurst },
      accessLogSettings: { destination: new LogGroupLogDestination(this.gatewayLog), format: gatewayLogFormat(config) },
    });
    // Not CDK's own getter: it throws when the default endpoint is disabled.
    const { attrApiEndpoint } = this.api.node.defaultChild as CfnApi;
    this.url = config.apiDomain
      ? `https://${config.apiDomain}`
      : isBehindEdge(config)
        ? `https://${edgeName(config, "Api")}`
        : attrApiEndpoint;
    this.portalUrl = config.portalUrl ?? `${this.url}/{org}`;
    this.functions = addFunctions(this, { ...props, api: this.api, portalUrl: this.portalUrl });
    this.throttleEntrances(stage, config);
    this.domains = this.addDomainNames(stage, config);
    const { bundles } = props;
    this.guard = hasEdge(config)
      ? new EdgeGuard(this, "EdgeGuard", { api: this.api, config, directory: bundles.directoryOf("AdmitCloudFront") })
      : undefined;

    // Exported under every option: a deployed pages stack may still import them, and CloudFormation refuses to remove an
    // export that is imported.
    for (const value of [this.api.apiId, attrApiEndpoint]) this.exportValue(value);

    new CfnOutput(this, "ApiUrl", { value: this.url, description: "The address of this Frontdesk" });
    new CfnOutput(this, "GatewayLogName", {
      value: this.gatewayLog.logGroupName,
      description: "The log group with one line of API Gateway for each request",
    });
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
  private addDomainNames(stage: HttpStage, config: Config): { [S in EdgeSide]?: DomainName } {
    const { apiDomain, portalDomain } = config;
    const stated: [EdgeSide, string][] = [];
    if (apiDomain) stated.push(["Api", apiDomain]);
    if (portalDomain) stated.push(["Portals", `*.${portalDomain}`]);
    const domains: { [S in EdgeSide]?: DomainName } = {};
    if (stated.length === 0) return domains;
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
      domains[which] = domain;
      if (zone) {
        const target = RecordTarget.fromAlias(
          isBehindEdge(config)
            ? toDistribution(edgeName(config, which))
            : new ApiGatewayv2DomainProperties(domain.regionalDomainName, domain.regionalHostedZoneId),
        );
        new ARecord(this, `${which}Record`, { zone, recordName: domainName, target });
        new AaaaRecord(this, `${which}Record6`, { zone, recordName: domainName, target });
      } else {
        new CfnOutput(this, `${which}Cname`, {
          value: domain.regionalDomainName,
          description: isBehindEdge(config)
            ? `Where CloudFront finds the API for ${domainName}`
            : `Create a CNAME record from ${domainName} to this name`,
        });
      }
    }
    return domains;
  }

  private certificate(names: readonly string[], arn: string | undefined, zone: IHostedZone | undefined): ICertificate {
    if (arn) return Certificate.fromCertificateArn(this, "Certificate", arn);
    const [domainName = "", ...subjectAlternativeNames] = names;
    const validation = CertificateValidation.fromDns(zone);
    return new Certificate(this, "Certificate", { domainName, subjectAlternativeNames, validation });
  }
}

/** The target of a DNS record that leads to a distribution. */
const toDistribution = (dnsName: string): IAliasRecordTarget => ({
  bind: () => ({ dnsName, hostedZoneId: CloudFrontTarget.CLOUDFRONT_ZONE_ID }),
});

/**
 * The address, as in the access log, and the route's pattern. Never a request's path, query or headers. Behind CloudFront the
 * address is CloudFront's.
 */
const gatewayLogFormat = (config: Config) =>
  AccessLogFormat.custom(
    JSON.stringify({
      requestId: "$context.requestId",
      requestTime: "$context.requestTime",
      sourceIp: "$context.identity.sourceIp",
      ...(hasEdge(config) && { throughEdge: "$context.authorizer.throughEdge" }),
      routeKey: "$context.routeKey",
      status: "$context.status",
      responseLength: "$context.responseLength",
      responseLatency: "$context.responseLatency",
      integrationLatency: "$context.integrationLatency",
      integrationStatus: "$context.integrationStatus",
      errorType: "$context.error.responseType",
    }),
  );

/**
 * The name of a log group that an AWS service delivers to by a policy of the account, not by a role. Each one adds its name
 * to that policy, which has room for 5,120 characters, unless its name begins with `/aws/vendedlogs/`. Log groups stay when
 * their stack is deleted, so the name ends with the UUID in the stack's id: the next stack of that name has another one.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
 */
const deliveredLogName = (stackName: string) =>
  `/aws/vendedlogs/${stackName}/${Fn.select(2, Fn.split("/", Aws.STACK_ID))}`;
