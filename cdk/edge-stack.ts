import { Aws, CfnOutput, Duration, RemovalPolicy } from "aws-cdk-lib";
import { Certificate, CertificateValidation, type ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { HostedZone } from "aws-cdk-lib/aws-route53";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { edgeHeader, viewerHeader } from "../lib/api/edge-proof.ts";
import type { Operation } from "../lib/operations.ts";
import { portalPath } from "../web/portal/path.ts";
import type { ApiStack } from "./api-stack.ts";
import type { Config } from "./deploy-options.ts";
import { EdgeFirewall } from "./edge-firewall.ts";
import { type EdgeSide, edgeOutput, edgeRegion, edgeSecretName, edgeStackName } from "./edge-names.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { acceptFindings } from "./nag.ts";

/** What the edge is built from. */
export interface EdgeStackProps {
  readonly config: Config;
  readonly api: ApiStack;
  /** All operations. */
  readonly operations: readonly Operation[];
}

/** One distribution: which name it answers at, and what it asks. */
interface Side {
  readonly side: EdgeSide;
  /** The deployer's name; without one, callers use CloudFront's. */
  readonly domainName: string | undefined;
  /** The name under which CloudFront finds the API. */
  readonly origin: string;
}

/**
 * CloudFront in front of the API, with a web application firewall, and the secret by which the API knows CloudFront. All of it
 * is in us-east-1, which is CloudFront's region for certificates and firewalls.
 */
export class EdgeStack extends FrontdeskStack {
  constructor(scope: Construct, id: string, { config, api, operations }: EdgeStackProps) {
    super(scope, id, config, {
      description: "Frontdesk: CloudFront with a web application firewall, in front of the HTTP API.",
      stackName: edgeStackName(config),
      env: { ...(config.account !== undefined && { account: config.account }), region: edgeRegion },
    });
    const sides = sidesOf(config, api);
    const common = {
      secret: this.addSecret(config),
      certificate: this.addCertificate(
        sides.flatMap(({ domainName }) => domainName ?? []),
        config,
      ),
      webAclId: new EdgeFirewall(this, "Firewall", { config, operations }).arn,
      viewer: this.addViewerFunction(config),
      files: this.addFilesPolicy(config),
      comment: `Frontdesk, secret ${config.edgeSecretVersion}`,
    };
    for (const side of sides) this.addDistribution(side, common);
    acceptFindings(this, reasons);
  }

  private addDistribution({ side, domainName, origin }: Side, common: CommonParts): void {
    const behavior = behaviorOf(domainName, origin, common);
    const { certificate, comment, webAclId, files } = common;
    const distribution = new Distribution(this, `${side}Distribution`, {
      comment,
      ...(domainName &&
        certificate && {
          domainNames: [domainName],
          certificate,
          minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        }),
      httpVersion: HttpVersion.HTTP2_AND_3,
      webAclId,
      defaultBehavior: { ...behavior, cachePolicy: CachePolicy.CACHING_DISABLED },
      // The names of portals' files change with their content.
      additionalBehaviors: { [`${portalPath}*`]: { ...behavior, cachePolicy: files } },
      // CloudFront keeps errors for ten seconds otherwise, for every caller, even where an answer forbids to store it.
      errorResponses: keptErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    new CfnOutput(this, edgeOutput(side), {
      value: distribution.distributionDomainName,
      description: domainName
        ? `CloudFront's name for ${domainName}. Without a hosted zone, create a CNAME record from ${domainName} to it`
        : "CloudFront's name for the API",
    });
    if (!domainName) acceptFindings(distribution, ownCertificateReason);
  }

  /** The secret that CloudFront sends. Its name is fixed, so that the authorizer knows it without asking this stack. */
  private addSecret(config: Config): Secret {
    const secret = new Secret(this, "Secret", {
      secretName: edgeSecretName(config),
      description: "CloudFront sends it to Frontdesk's API with each request",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const byHand =
      "Rotated by hand (docs/run.md), because CloudFront takes the new value with a deployment. The authorizer accepts the current and the previous value.";
    acceptFindings(secret, {
      "AwsSolutions-SMG4": byHand,
      "HIPAA.Security-SecretsManagerRotationEnabled": byHand,
      "HIPAA.Security-SecretsManagerUsingKMSKey":
        "Encrypted with the key of Secrets Manager. Whoever has it can reach the API around the firewall, with the credentials that every call needs.",
    });
    return secret;
  }

  private addCertificate(names: readonly string[], config: Config): ICertificate | undefined {
    const { edgeCertificateArn, hostedZoneId, hostedZoneName: zoneName } = config;
    const [domainName, ...subjectAlternativeNames] = names;
    if (domainName === undefined) return undefined;
    if (edgeCertificateArn) return Certificate.fromCertificateArn(this, "Certificate", edgeCertificateArn);
    if (!hostedZoneId || !zoneName) return undefined;
    const zone = HostedZone.fromHostedZoneAttributes(this, "Zone", { hostedZoneId, zoneName });
    const validation = CertificateValidation.fromDns(zone);
    return new Certificate(this, "Certificate", { domainName, subjectAlternativeNames, validation });
  }

  /** Tells functions the viewer's address, and replaces what the viewer sent under this name. */
  private addViewerFunction(config: Config): EdgeFunction {
    return new EdgeFunction(this, "ViewerAddress", {
      functionName: `${edgeStackName(config)}-viewer`,
      comment: "Frontdesk: names the viewer's address",
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(viewerCode),
    });
  }

  /** Files are kept as long as their answers say, for all portals. */
  private addFilesPolicy(config: Config): CachePolicy {
    return new CachePolicy(this, "Files", {
      cachePolicyName: `${edgeStackName(config)}-files`,
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.days(365),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
  }
}

/** How a distribution handles requests of every path. */
const behaviorOf = (domainName: string | undefined, origin: string, { secret, viewer }: CommonParts) => ({
  origin: new HttpOrigin(origin, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    keepaliveTimeout: Duration.seconds(60),
    customHeaders: { [edgeHeader]: secret.secretValue.unsafeUnwrap() },
  }),
  allowedMethods: AllowedMethods.ALLOW_ALL,
  // As API Gateway, which does not listen to plain HTTP. A redirect would come after a password has been sent.
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  // API Gateway finds the API by the host. It knows the deployer's names, and does not know CloudFront's.
  originRequestPolicy: domainName ? OriginRequestPolicy.ALL_VIEWER : OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  functionAssociations: [{ function: viewer, eventType: FunctionEventType.VIEWER_REQUEST }],
});

/** What the distributions share. */
interface CommonParts {
  readonly secret: Secret;
  readonly certificate: ICertificate | undefined;
  readonly webAclId: string;
  readonly viewer: EdgeFunction;
  readonly files: CachePolicy;
  readonly comment: string;
}

/** The code of the function in CloudFront. @internal Tests run it. */
export const viewerCode = `function handler(event) {
  var request = event.request;
  request.headers["${viewerHeader}"] = { value: event.viewer.ip };
  return request;
}
`;

/**
 * The distributions. Each asks the name that API Gateway has given the API for this name of the deployer's. Without a name,
 * it asks AWS's name of the API.
 */
function sidesOf({ apiDomain, portalDomain, region }: Config, { api, domains }: ApiStack): Side[] {
  const awsName = `${api.apiId}.execute-api.${region}.${Aws.URL_SUFFIX}`;
  return [
    { side: "Api", domainName: apiDomain, origin: domains.Api?.regionalDomainName ?? awsName },
    ...(portalDomain && domains.Portals
      ? [{ side: "Portals", domainName: `*.${portalDomain}`, origin: domains.Portals.regionalDomainName } as const]
      : []),
  ];
}

/** The errors that CloudFront keeps, unless it is told how long. */
const keptErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** Why findings on the distributions are accepted. */
const reasons = {
  "AwsSolutions-CFR1":
    "Patients and staff sign in from wherever they are. The access log has the address of each call, and alarms watch refused sign-ins.",
  "AwsSolutions-CFR3":
    "CloudFront's log has whole paths, and mailed tokens travel in paths. Each call that reaches the API is in the access log and in the gateway's log; requests that the firewall blocks are in its log.",
} as const;

const ownCertificateReason = {
  "AwsSolutions-CFR4":
    "Without a domain of the deployer's, CloudFront uses its own certificate and accepts TLS 1.0. docs/deploy.md says to set apiDomain before people use the deployment.",
} as const;
