import { ReferenceStrength } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Operation } from "../lib/operations.ts";
import { FrontdeskStack } from "./frontdesk-stack.ts";
import { addFunctions, type FunctionsProps, type OperationFunction } from "./operation-function.ts";

/**
 * Whether an operation's function and routes are in the accounts stack. The functions of all other operations are in the API
 * stack. One stack for all would exceed CloudFormation's limit of 500 resources.
 *
 * Entrances stay in the API stack, next to the stage. The stage sets their throttles, and API Gateway refuses settings for a
 * route that does not exist yet: the accounts stack is deployed after the stage.
 *
 * An account's operation that is deployed must not become an entrance in one step. The API stack is deployed first, and the
 * API has only one route for each key: the route would still exist in the accounts stack.
 */
export const isInAccountsStack = ({ family, entrance }: Operation): boolean => family === "accounts" && !entrance;

/** The functions of portal accounts, with their routes of the HTTP API (`isInAccountsStack`). */
export class AccountsStack extends FrontdeskStack {
  readonly functions: readonly OperationFunction[];

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id, props.config, {
      description: "Frontdesk: the functions of portal accounts, and their routes.",
      // With weak references CloudFormation plans to replace the routes whenever they change, which cannot be done.
      references: ReferenceStrength.STRONG,
    });

    this.functions = addFunctions(this, props);
  }
}
