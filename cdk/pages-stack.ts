import { CfnOutput, CrossStackReferences, ReferenceStrength, Size, Stack } from "aws-cdk-lib";
import { AwsIntegration, EndpointType, RestApi } from "aws-cdk-lib/aws-apigateway";
import { HttpMethod, HttpRoute, HttpRouteKey } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { type IRole, PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import type { Construct } from "constructs";
import { webFiles, webHeaders } from "../web/files.ts";
import type { ApiStack } from "./api-stack.ts";
import { accept, onePolicyInRole } from "./nag.ts";
import { allow } from "./permissions.ts";

/**
 * The page of the API, under the API's own names: routes of the HTTP API lead to a REST API, which reads files from S3.
 * No function runs for it, nor for its deployment (docs/decisions/pages.md).
 */
export class PagesStack extends Stack {
  constructor(scope: Construct, id: string, { api: httpApi, url }: ApiStack) {
    super(scope, id, { description: "Frontdesk: the page of the API, and the document that it shows." });
    // By a weak one CloudFormation plans to replace the routes at each change of them, which it cannot.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);

    // `cdk deploy` uploads them to the bucket that bootstrapping made, under names made of their content.
    const files = webFiles.map((each) => ({ ...each, asset: new Asset(this, each.path, { path: each.file }) }));
    const reader = new Role(this, "Reader", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      description: "Reads the files of Frontdesk's page",
      inlinePolicies: {
        Files: new PolicyDocument({
          statements: [
            allow(["s3:GetObject"], ...files.map(({ asset }) => asset.bucket.arnForObjects(asset.s3ObjectKey))),
          ],
        }),
      },
    });
    const store = new RestApi(this, "Store", {
      restApiName: id,
      description: "Reads the files of Frontdesk's page from S3",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      minCompressionSize: Size.kibibytes(1),
      // What is sent is paid for, and the page is large: enough for those who read it, no more.
      deployOptions: { stageName: "pages", throttlingRateLimit: 25, throttlingBurstLimit: 100 },
    });
    // Nobody is to go there: the page calls the origin that it comes from.
    store.node.tryRemoveChild("Endpoint");

    for (const { path, mediaType, asset } of files) {
      const resource = store.root.resourceForPath(path.replace(/\/$/, ""));
      const headers = responseHeaders(mediaType);
      resource.addMethod("GET", fromS3(asset, reader, headers), {
        methodResponses: [
          // API Gateway sends no header that is not declared.
          {
            statusCode: "200",
            responseParameters: Object.fromEntries(Object.keys(headers).map((each) => [each, true])),
          },
          { statusCode: "502" },
        ],
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
    accept(this, reasons);
  }
}

/** The file as S3 has it; whatever else S3 says stays here, for it names bucket and role. */
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

/** The headers of a file, as API Gateway takes constants: in quotes. */
const responseHeaders = (mediaType: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ "content-type": mediaType, "cache-control": "public, max-age=300", ...webHeaders }).map(
      ([name, value]) => [`method.response.header.${name}`, `'${value}'`],
    ),
  );

/** The routes of a path. One with a slash at the end is matched by a greedy variable alone, as in `OperationFunction`. */
const routesTo = (path: string) => (path.endsWith("/") ? [path.slice(0, -1), `${path}{rest+}`] : [path]);

const isPublic = "The description of the API is for everybody; it is in the public source as well.";
const isLoggedBefore =
  "The HTTP API, by which it is called, logs every request. A log of its own needs a role that is set once for the whole account, which is not this stack's to set.";

/** Why findings on these public files are accepted. */
const reasons = {
  "AwsSolutions-APIG1": isLoggedBefore,
  "AwsSolutions-APIG2": "Nothing of a request is used: each path answers with one file.",
  "AwsSolutions-APIG3": "Six public files behind a throttle of their own: there is nothing for a firewall to keep out.",
  "AwsSolutions-APIG4": isPublic,
  "AwsSolutions-APIG6": isLoggedBefore,
  "AwsSolutions-COG4": isPublic,
  "HIPAA.Security-APIGWCacheEnabledAndEncrypted": "A cache is paid for by the hour. Browsers keep the files instead.",
  "HIPAA.Security-APIGWExecutionLoggingEnabled": isLoggedBefore,
  "HIPAA.Security-APIGWSSLEnabled": "All that it calls is S3, which knows it by its role and not by a certificate.",
  "HIPAA.Security-APIGWXrayEnabled": "There is no code behind it whose way could be traced.",
  ...onePolicyInRole,
} as const;
