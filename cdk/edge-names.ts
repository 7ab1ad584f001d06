import { Fn } from "aws-cdk-lib";
import type { Config } from "./deploy-options.ts";

/** CloudFront takes certificates and firewalls from this region only, wherever the API is. */
export const edgeRegion = "us-east-1";

/** The distributions: one for the API's own name, one for the names of portals. */
export type EdgeSide = "Api" | "Portals";

/**
 * The edge stack's name in CloudFormation. It has the API's region, because the edge stacks of all deployments of an account
 * are in one region.
 */
export const edgeStackName = ({ name, region }: Config): string => `${name}Edge-${region}`;

/** The name of the secret that CloudFront sends. It is fixed, so that the authorizer knows it without asking the edge stack. */
export const edgeSecretName = (config: Config): string => `${edgeStackName(config)}/CloudFrontSecret`;

/** Whether the API has its authorizer. It gets it one step before routes use it, and keeps it one step longer. */
export const hasEdge = ({ edge }: Config): boolean => edge !== "none";

/** Whether callers are led to CloudFront, and routes have the authorizer. */
export const isBehindEdge = ({ edge }: Config): boolean => edge === "open" || edge === "cloudfront";

/**
 * CloudFront's name of a distribution. This is not a reference of CDK: the edge stack needs the API's name, so CDK deploys it
 * after the API, and would find a circle. The API reads the output of the deployment before (docs/deploy.md, At the edge).
 */
export const edgeName = (config: Config, side: EdgeSide): string =>
  Fn.getStackOutput(edgeStackName(config), edgeOutput(side), edgeRegion);

/** The edge stack's output with CloudFront's name of a distribution. */
export const edgeOutput = (side: EdgeSide): string => `${side}Name`;
