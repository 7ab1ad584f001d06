import { CfnOutput, CrossStackReferences, ReferenceStrength, Size, Stack } from "aws-cdk-lib";
import { AwsIntegration, EndpointType, RestApi } from "aws-cdk-lib/aws-apigateway";
import { HttpMethod, HttpRoute, HttpRouteKey } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { type IRole, PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import type { Construct } from "constructs";
import { webFiles, webHeaders } from "../web/files.ts";
import type { ApiStack } from "./api-stack.ts";
import { acceptFindings, inlinePolicyReason } from "./nag.ts";
import { allow } from "./permissions.ts";

/**
 * The page of the API, under the API's own address: routes of the HTTP API lead to a REST API, which reads files from S3.
 * It needs no function, neither to serve the page nor to deploy it (docs/decisions/pages.md).
 */
export class PagesStack extends Stack {
  constructor(scope: Construct, id: string, { api: httpApi, url }: ApiStack) {
    super(scope, id, { description: "Frontdesk: the page of the API, and the document that it shows." });
    // With weak references CloudFormation plans to replace the routes whenever they change, which cannot be done.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);

    // `cdk deploy` uploads the files to the bucket of `cdk bootstrap`, under names made from their content.
    const files = webFiles.map((each) => ({ ...each, asset: new Asset(this, each.path, { path: each.file }) }));
    const reader = this.addReader(files.map(({ asset }) => asset));
    const store = this.addStore();
    for (const { path, mediaType, asset } of files) {
      const resource = store.root.resourceForPath(path.replace(/\/$/, ""));
      const headers = responseHeaders(mediaType);
      // API Gateway only sends headers that are declared.
      const responseParameters = Object.fromEntries(Object.keys(headers).map((each) => [each, true]));
      resource.addMethod("GET", fromS3(asset, reader, headers), {
        methodResponses: [{ statusCode: "200", responseParameters }, { statusCode: "502" }],
      });
      const integration = new HttpUrlIntegration("Integration", store.urlForPath(resource.path), {
        method: HttpMethod.GET,
      });
      for (const route of routesTo(path)) {
        const routeKey = HttpRouteKey.with(route, HttpMethod.GET);
        new HttpRoute(this, `Route ${routeKey.key}`, { httpApi, routeKey, integration });
      }
    }

    new CfnOutput(this, "DocsUrl", {
      value: `${url}/docs`,
      description: "The page of the API, where calls can be tried",
    });
    acceptFindings(this, reasons);
  }

  /** The role with which the REST API reads the files. */
  private addReader(assets: readonly Asset[]): Role {
    const objects = assets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey));
    return new Role(this, "Reader", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      description: "Reads the files of Frontdesk's page",
      inlinePolicies: { Files: new PolicyDocument({ statements: [allow(["s3:GetObject"], ...objects)] }) },
    });
  }

  private addStore(): RestApi {
    const store = new RestApi(this, "Store", {
      restApiName: this.node.id,
      description: "Reads the files of Frontdesk's page from S3",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      minCompressionSize: Size.kibibytes(1),
      // Sent bytes cost money and the page is large, so the throttle is just enough for its readers.
      deployOptions: { stageName: "pages", throttlingRateLimit: 25, throttlingBurstLimit: 100 },
    });
    // No output for the REST API's own address: people should use the HTTP API's, because the page calls its own origin.
    store.node.tryRemoveChild("Endpoint");
    return store;
  }
}

/** Reads a file from S3. S3's other answers are replaced by a 502, because they name the bucket and the role. */
const fromS3 = (asset: Asset, credentialsRole: IRole, responseParameters: Record<string, string>) =>
  new AwsIntegration({
    service: "s3",
    integrationHttpMethod: "GET",
    path: `${asset.s3BucketName}/${asset.s3ObjectKey}`,
    options: {
      credentialsRole,
      integrationResponses: [
        { selectionPattern: "200", statusCode: "200", responseParameters },
        { statusCode: "502", responseTemplates: { "application/json": '{"message":"Bad Gateway"}' } },
      ],
    },
  });

/** The response headers of a file. API Gateway takes constant values in single quotes. */
const responseHeaders = (mediaType: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ "content-type": mediaType, "cache-control": "public, max-age=300", ...webHeaders }).map(
      ([name, value]) => [`method.response.header.${name}`, `'${value}'`],
    ),
  );

/** The routes of a path. A path with a slash at the end needs a greedy variable, as in `OperationFunction`. */
const routesTo = (path: string) => (path.endsWith("/") ? [path.slice(0, -1), `${path}{rest+}`] : [path]);

const isPublic = "The description of the API is public, and so is its source.";
const isLoggedBefore =
  "The HTTP API in front of it logs every request. A second log would need a role that is set for the whole account, which this stack must not change.";

/** Why findings on these public files are accepted. */
const reasons = {
  "AwsSolutions-APIG1": isLoggedBefore,
  "AwsSolutions-APIG2": "No part of a request is used except its path, which selects one file.",
  "AwsSolutions-APIG3":
    "It serves six public files and has its own throttle, so a firewall would have nothing to block.",
  "AwsSolutions-APIG4": isPublic,
  "AwsSolutions-APIG6": isLoggedBefore,
  "AwsSolutions-COG4": isPublic,
  "HIPAA.Security-APIGWCacheEnabledAndEncrypted": "A cache costs money by the hour. Browsers cache the files instead.",
  "HIPAA.Security-APIGWExecutionLoggingEnabled": isLoggedBefore,
  "HIPAA.Security-APIGWSSLEnabled": "It calls S3 only, which identifies it by its role and not by a certificate.",
  "HIPAA.Security-APIGWXrayEnabled": "It runs no code that could be traced.",
  ...inlinePolicyReason,
} as const;
