import { Complaint } from "../tools/complaint.ts";

/**
 * The settings of a deployed stack, from its outputs: the name of its table, and how long it keeps audit events. Region and
 * credentials are found by the SDK as usual.
 * @throws Complaint when there is no such stack, or it has no table
 */
export async function settingsOfStack(StackName: string): Promise<Readonly<Record<string, string>>> {
  const { CloudFormationClient, DescribeStacksCommand } = await import("@aws-sdk/client-cloudformation");
  const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName }));
  const outputOf = (name: string) => Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  const [tableName, eventYears] = [outputOf("TableName"), outputOf("EventYears")];
  if (!tableName) throw new Complaint(`The stack ${StackName} has no output TableName.`);
  return { TABLE_NAME: tableName, ...(eventYears && { EVENT_YEARS: eventYears }) };
}
