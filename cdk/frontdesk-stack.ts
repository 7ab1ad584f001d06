import {
  CfnOutput,
  CfnParameter,
  CrossStackReferences,
  type Environment,
  type ReferenceStrength,
  Stack,
  type StackProps,
  Tags,
} from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Config } from "./deploy-options.ts";
import { noEnvironment } from "./environment.ts";

/** What a stack says about itself. What all stacks have in common comes from the options. */
interface OwnProps
  extends Pick<StackProps, "description" | "terminationProtection" | "env" | "stackName" | "crossRegionReferences"> {
  /** How the stack refers to values of other stacks, if not weakly. */
  readonly references?: ReferenceStrength;
}

/** A stack of Frontdesk: in the account and the region of the options, with their tags, and bound to its environment. */
export class FrontdeskStack extends Stack {
  constructor(scope: Construct, id: string, config: Config, { references, ...props }: OwnProps) {
    // CloudFormation gives a stack's own tags to some resources of it. The resources state them as well, so that a template
    // says which tags they have.
    super(scope, id, { env: placeOf(config), tags: config.tags, ...props });
    // First, because CDK refuses this setting after something was added to the stack.
    if (references) CrossStackReferences.of(this).consume(references);
    for (const [key, value] of Object.entries(config.tags)) Tags.of(this).add(key, value);
    this.bindTo(config.environment);
  }

  /**
   * Lets CloudFormation refuse a template of another environment before it changes anything. For a deployed stack,
   * `cdk deploy` sends every parameter as it was before (`UsePreviousValue`). This one holds the name of the stack's
   * environment, and the template allows only its own.
   */
  private bindTo(environment: string): void {
    const description = "The environment that this stack belongs to";
    const { valueAsString } = new CfnParameter(this, "Environment", {
      type: "String",
      description,
      default: environment,
      allowedValues: [environment],
      // CloudFormation's message is "Parameter 'Environment'", and then this.
      constraintDescription: `must be ${environment}: ${refusals(environment)} (docs/deploy.md, Environments)`,
    });
    new CfnOutput(this, "EnvironmentName", { value: valueAsString, description });
  }
}

/** The account and the region of a stack. What the options leave out is decided by the deployer's credentials. */
const placeOf = ({ account, region }: Config): Environment => ({
  ...(account !== undefined && { account }),
  ...(region !== undefined && { region }),
});

/** Why a deployment is refused, and what to do. */
const refusals = (environment: string) =>
  environment === noEnvironment
    ? "this is a deployment without a file of options, and the stack was deployed with one. Give -c env= with its name. To deploy the stack without a file from now on, add --parameters Environment=none"
    : `this is a deployment with -c env=${environment}, and the stack was deployed with another env or without. Give the right one. To let the stack belong to ${environment} from now on, add --parameters Environment=${environment}`;
