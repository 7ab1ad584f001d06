import { Complaint } from "../tools/complaint.ts";

/**
 * The name of a deployed stack's table: its output `TableName`. Region and credentials are found by the SDK as usual.
 * @throws Complaint when there is no such stack or output
 */
export async function tableOfStack(StackName: string): Promise<string> {
  const { CloudFormationClient, DescribeStacksCommand } = await import("@aws-sdk/client-cloudformation");
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  const output = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === "TableName");
  if (!output?.OutputValue) throw new Complaint(`The stack ${StackName} has no output TableName.`);
  return output.OutputValue;
}
