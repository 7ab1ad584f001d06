import { Aspects, Aws, CrossStackReferences, Duration, ReferenceStrength, Stack } from "aws-cdk-lib";
import { CfnAuthorizer, CfnRoute, type HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct, type IConstruct } from "constructs";
import { edgeHeader } from "../lib/api/edge-proof.ts";
import type { Config } from "./deploy-options.ts";
import { edgeRegion, edgeSecretName } from "./edge-names.ts";
import { FunctionWithRole } from "./function-with-role.ts";
import { acceptFindings, logEncryptionReason, noVpcReason } from "./nag.ts";
import { allow } from "./permissions.ts";

/** What the guard is built from. */
export interface EdgeGuardProps {
  readonly api: HttpApi;
  readonly config: Config;
  /** The directory with the bundle of `AdmitCloudFront`. */
  readonly directory: string;
}

/**
 * The API's authorizer: it admits only requests that our CloudFront sent. API Gateway asks it before it calls any other
 * function, and refuses requests without CloudFront's header without asking anybody.
 */
export class EdgeGuard extends Construct {
  readonly authorizer: CfnAuthorizer;

  constructor(scope: Construct, id: string, { api, config, directory }: EdgeGuardProps) {
    super(scope, id);
    const isOnly = config.edge === "cloudfront";
    const admit = this.addFunction(config, directory, isOnly);
    this.authorizer = new CfnAuthorizer(this, "Authorizer", {
      apiId: api.apiId,
      name: "CloudFront",
      authorizerType: "REQUEST",
      authorizerPayloadFormatVersion: "2.0",
      enableSimpleResponses: true,
      authorizerUri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${admit.function.functionArn}/invocations`,
      // API Gateway refuses requests that lack an identity source. While others are admitted, it is one that no request lacks.
      identitySource: [isOnly ? `$request.header.${edgeHeader}` : "$context.routeKey"],
      authorizerResultTtlInSeconds: isOnly ? 300 : 0,
    });
    // Routes in other stacks read its id as an output. They could not let go of an export, which CloudFormation keeps as long
    // as it is imported, and the API's stack is updated before theirs.
    CrossStackReferences.of(this.authorizer).produce(ReferenceStrength.WEAK);
    admit.function.addPermission("Gateway", {
      principal: new ServicePrincipal("apigateway.amazonaws.com"),
      sourceArn: Stack.of(this).formatArn({
        service: "execute-api",
        resource: api.apiId,
        resourceName: `authorizers/${this.authorizer.ref}`,
      }),
    });
  }

  /** Gives the authorizer to every route in a construct, in all its stacks, also to routes that are added later. */
  guard(routes: IConstruct): void {
    const authorizerId = this.authorizer.ref;
    Aspects.of(routes).add({
      visit(node) {
        if (!(node instanceof CfnRoute)) return;
        node.authorizationType = "CUSTOM";
        node.authorizerId = authorizerId;
      },
    });
  }

  private addFunction(config: Config, directory: string, isOnly: boolean): FunctionWithRole {
    // Secrets Manager ends the ARN with a hyphen and six characters of its own.
    const secretArn = `arn:${Aws.PARTITION}:secretsmanager:${edgeRegion}:${Aws.ACCOUNT_ID}:secret:${edgeSecretName(config)}-??????`;
    const admit = new FunctionWithRole(this, "AdmitCloudFront", {
      name: "AdmitCloudFront",
      description: "Tells API Gateway whether a request came through CloudFront",
      directory,
      memoryMiB: 512,
      timeout: Duration.seconds(10),
      environment: {
        EDGE_SECRET_NAME: edgeSecretName(config),
        EDGE_SECRET_REGION: edgeRegion,
        EDGE_ONLY: String(isOnly),
        // A new value makes Lambda start new instances: a running one would accept a secret from before two rotations for as
        // long as it sees no other.
        EDGE_SECRET_VERSION: String(config.edgeSecretVersion),
      },
      statements: [allow(["secretsmanager:GetSecretValue"], secretArn)],
      config,
    });
    acceptFindings(admit, reasons);
    return admit;
  }
}

/** Why findings on the function are accepted. */
const reasons = {
  "HIPAA.Security-LambdaConcurrency":
    "API Gateway keeps the answer about CloudFront's value, so the function is called some times an hour. Values that strangers try call it as often as the stage's throttle allows; a limit of its own would let them keep CloudFront's value from being checked.",
  "HIPAA.Security-LambdaDLQ":
    "API Gateway is the only caller and waits for the answer: it sees every failure, so nothing is lost.",
  ...noVpcReason,
  ...logEncryptionReason,
} as const;
