import { Aws, CfnOutput, ReferenceStrength, Size } from "aws-cdk-lib";
import { AwsIntegration, EndpointType, ResponseType, RestApi } from "aws-cdk-lib/aws-apigateway";
import { HttpMethod, HttpRoute, HttpRouteKey } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpUrlIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { type IRole, PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import type { Construct } from "constructs";
import { strictTransport } from "../lib/api/common-headers.ts";
import type { Operation } from "../lib/operations.ts";
import { type WebFile, webFiles, webHeaders } from "../web/files.ts";
import type { PortalBuild } from "../web/portal/build.ts";
import { immutable, portalPath } from "../web/portal/path.ts";
import type { ApiStack } from "./api-stack.ts";
import type { Config } from "./deploy-options.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { acceptFindings, inlinePolicyReason } from "./nag.ts";
import { addFunctions, type FunctionsProps } from "./operation-function.ts";
import { allow } from "./permissions.ts";

/** Whether an operation's function and routes are in the pages stack: they are deployed only with the pages. */
export const isInPagesStack = ({ id }: Operation): boolean => id === "PortalPage";

/** What the pages are made of. */
export interface PagesStackProps extends Omit<FunctionsProps, "api" | "portalUrl" | "environment"> {
  readonly api: ApiStack;
  readonly portal: PortalBuild;
}

/** A file of the pages, with how long browsers may keep it. */
interface PageFile extends WebFile {
  readonly cacheControl: string;
}

/**
 * The pages under the API's own address. Routes of the HTTP API lead to a REST API, which reads files from S3: those of the
 * API's page, and the scripts and styles of portals' pages. The HTML of portals' pages comes from a function, because it
 * differs from portal to portal (docs/decisions/pages.md).
 */
export class PagesStack extends FrontdeskStack {
  constructor(scope: Construct, id: string, props: PagesStackProps) {
    super(scope, id, props.config, {
      description: "Frontdesk: the pages of portals, the page of the API, and what they load.",
      // With weak references CloudFormation plans to replace the routes whenever they change, which cannot be done.
      references: ReferenceStrength.STRONG,
    });

    const store = this.addFiles(props);
    const { api, data, portal } = props;
    const [page] = addFunctions(this, {
      ...props,
      // Only the new version's scripts and styles are there after an update. A page of the old version would name others.
      config: { ...props.config, rollout: "at-once" },
      api: api.api,
      portalUrl: api.portalUrl,
      environment: {
        PORTAL_URL: api.portalUrl,
        PORTAL_SCRIPT: portal.script,
        PORTAL_STYLE: portal.style,
        // As `lib/accounts/image/signed.ts` writes it.
        FILES_ORIGIN: `https://${data.files.bucketName}.s3.${Aws.REGION}.amazonaws.com`,
      },
    });
    // A page names its script and style. It must not name those of a new version before they are there.
    page?.function.node.addDependency(store.deploymentStage);

    new CfnOutput(this, "DocsUrl", {
      value: `${api.url}/docs`,
      description: "The page of the API, where calls can be tried",
    });
    new CfnOutput(this, "PortalUrl", {
      value: api.portalUrl,
      description: "The address of portals: mailed links begin with it",
    });
    acceptFindings(this, reasons);
  }

  /** Adds the files, and the routes that lead to them. Returns the REST API that reads them. */
  private addFiles({ api: { api: httpApi }, portal, config }: PagesStackProps): RestApi {
    // `cdk deploy` uploads the files to the bucket of `cdk bootstrap`, under names made from their content.
    const files = pageFiles(portal).map((each) => ({
      ...each,
      asset: new Asset(this, each.path, { path: each.file }),
    }));
    const reader = this.addReader(files.map(({ asset }) => asset));
    const store = this.addStore(portal, config);
    for (const { path, asset, ...file } of files) {
      const resource = store.root.resourceForPath(path.replace(/\/$/, ""));
      const headers = responseHeaders(file);
      // API Gateway only sends headers that are declared.
      const responseParameters = Object.fromEntries(Object.keys(headers).map((each) => [each, true]));
      resource.addMethod("GET", fromS3(asset, reader, headers), {
        methodResponses: [{ statusCode: "200", responseParameters }, { statusCode: "502" }],
      });
    }
    const addRoutes = (path: string, routes: readonly string[]) => {
      const integration = new HttpUrlIntegration("Integration", store.urlForPath(path), { method: HttpMethod.GET });
      for (const route of routes) {
        const routeKey = HttpRouteKey.with(route, HttpMethod.GET);
        new HttpRoute(this, `Route ${routeKey.key}`, { httpApi, routeKey, integration });
      }
    };
    for (const { path } of webFiles) addRoutes(path.replace(/\/$/, ""), routesTo(path));
    // One route for all files of portals, because their names change and an API has at most 300 routes.
    addRoutes(`${portalPath}{file}`, [`${portalPath}{file}`]);
    return store;
  }

  /** The role with which the REST API reads the files. */
  private addReader(assets: readonly Asset[]): Role {
    const objects = assets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey));
    return new Role(this, "Reader", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      description: "Reads the files of Frontdesk's pages",
      inlinePolicies: { Files: new PolicyDocument({ statements: [allow(["s3:GetObject"], ...objects)] }) },
    });
  }

  private addStore({ files }: PortalBuild, { requestsPerSecond, requestBurst }: Config): RestApi {
    const asOften = { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: requestBurst };
    const store = new RestApi(this, "Store", {
      restApiName: this.node.id,
      description: "Reads the files of Frontdesk's pages from S3",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      minCompressionSize: Size.kibibytes(1),
      deployOptions: {
        stageName: "pages",
        // For each file. Sent bytes cost money and the page of the API is large, so this is just enough for its readers.
        throttlingRateLimit: 25,
        throttlingBurstLimit: 100,
        // A portal's page without its script is empty, so these files have the throttle of the API.
        methodOptions: Object.fromEntries(files.map(({ path }) => [`${path}/GET`, asOften])),
      },
    });
    // After an update, a page that is still open may ask for a file of the version before. By itself a REST API answers
    // 403 "Missing Authentication Token" where it has nothing.
    store.addGatewayResponse("NotFound", {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      statusCode: "404",
      responseHeaders: Object.fromEntries(
        Object.entries({ ...transportHeaders, "cache-control": "no-store" }).map(([name, value]) => [
          name,
          `'${value}'`,
        ]),
      ),
      templates: { "application/json": '{"message":"Not Found"}' },
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

/** The names of portals' files change with their content, so browsers may keep them. */
const pageFiles = (portal: PortalBuild): readonly PageFile[] => [
  ...webFiles.map((each) => ({ ...each, cacheControl: "public, max-age=300" })),
  ...portal.files.map((each) => ({ ...each, cacheControl: immutable })),
];

/** Headers of every answer. */
const transportHeaders = { "strict-transport-security": strictTransport, "x-content-type-options": "nosniff" };

/** Headers of every file. */
const fixedHeaders = { ...transportHeaders, ...webHeaders };

/** The response headers of a file. API Gateway takes constant values in single quotes. */
const responseHeaders = ({ mediaType, cacheControl }: Pick<PageFile, "mediaType" | "cacheControl">) =>
  Object.fromEntries(
    Object.entries({ "content-type": mediaType, "cache-control": cacheControl, ...fixedHeaders }).map(
      ([name, value]) => [`method.response.header.${name}`, `'${value}'`],
    ),
  );

/** The routes of a path. A path with a slash at the end needs a greedy variable, as in `OperationFunction`. */
const routesTo = (path: string) => (path.endsWith("/") ? [path.slice(0, -1), `${path}{rest+}`] : [path]);

const isPublic = "The pages and what they load are public, and so is their source. They hold no record.";
const isLoggedBefore =
  "The HTTP API in front of it logs every request. A second log would need a role that is set for the whole account, which this stack must not change.";

/** Why findings on these public files are accepted. */
const reasons = {
  "AwsSolutions-APIG1": isLoggedBefore,
  "AwsSolutions-APIG2": "No part of a request is used except its path, which selects one file.",
  "AwsSolutions-APIG3": "It serves public files and has its own throttle, so a firewall would have nothing to block.",
  "AwsSolutions-APIG4": isPublic,
  "AwsSolutions-APIG6": isLoggedBefore,
  "AwsSolutions-COG4": isPublic,
  "HIPAA.Security-APIGWCacheEnabledAndEncrypted": "A cache costs money by the hour. Browsers cache the files instead.",
  "HIPAA.Security-APIGWExecutionLoggingEnabled": isLoggedBefore,
  "HIPAA.Security-APIGWSSLEnabled": "It calls S3 only, which identifies it by its role and not by a certificate.",
  "HIPAA.Security-APIGWXrayEnabled": "It runs no code that could be traced.",
  ...inlinePolicyReason,
} as const;
