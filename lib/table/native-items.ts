import { AwsJson1_0Protocol } from "@aws-sdk/core/protocols";
import { nativeItem, type WireItem, wireItem } from "./attribute-values.ts";

/** What the SDK tells its protocol. */
type Operation = Parameters<AwsJson1_0Protocol["serializeRequest"]>[0];
type RequestContext = Parameters<AwsJson1_0Protocol["serializeRequest"]>[2];
type AnswerContext = Parameters<AwsJson1_0Protocol["deserializeResponse"]>[1];
type HttpAnswer = Parameters<AwsJson1_0Protocol["deserializeResponse"]>[2];
type Output = Awaited<ReturnType<AwsJson1_0Protocol["deserializeResponse"]>>;

/** The operations whose commands are in `commands.ts`. */
const operations = new Set(["BatchGetItem", "DeleteItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"]);

/**
 * The SDK's protocol of DynamoDB, except that our six operations take and return values of JavaScript. The SDK alone converts
 * each item three times, value by value. This builds an answer once, by `JSON.parse`, and then replaces its values: a list of
 * 100 users takes 1.5 ms less of CPU time.
 */
export class NativeItems extends AwsJson1_0Protocol {
  override async serializeRequest<Input extends object>(operation: Operation, input: Input, context: RequestContext) {
    if (!operations.has(operation.name)) return super.serializeRequest(operation, input, context);
    const request = await super.serializeRequest(operation, {}, context);
    request.body = JSON.stringify(wireInput(input));
    return request;
  }

  override async deserializeResponse<Answer extends Output>(
    operation: Operation,
    context: AnswerContext,
    response: HttpAnswer,
  ): Promise<Answer> {
    if (!operations.has(operation.name) || this.isErrorResponse(response.statusCode)) {
      return super.deserializeResponse(operation, context, response);
    }
    // `tableHttp` has collected the body.
    const answer = JSON.parse(response.body);
    replaceAttributes(answer);
    answer.$metadata = this.deserializeMetadata(response);
    return answer;
  }
}

/** The parts of a request that contain attributes. */
interface Input {
  readonly Item?: object | undefined;
  readonly Key?: object | undefined;
  readonly ExclusiveStartKey?: object | undefined;
  readonly ExpressionAttributeValues?: object | undefined;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly object[] }>> | undefined;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[] | undefined;
}

/** A request with its attributes as DynamoDB's JSON has them. */
function wireInput(input: Input): object {
  const { Item, Key, ExclusiveStartKey, ExpressionAttributeValues, RequestItems, TransactItems } = input;
  return {
    ...input,
    ...(Item && { Item: wireItem(Item) }),
    ...(Key && { Key: wireItem(Key) }),
    ...(ExclusiveStartKey && { ExclusiveStartKey: wireItem(ExclusiveStartKey) }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: wireItem(ExpressionAttributeValues) }),
    ...(RequestItems && {
      RequestItems: mapValues(RequestItems, (read) => ({ ...read, Keys: read.Keys?.map(wireItem) })),
    }),
    ...(TransactItems && { TransactItems: TransactItems.map((item) => mapValues(item, wireInput)) }),
  };
}

const mapValues = <Value>(of: Readonly<Record<string, Value>>, change: (value: Value) => object) =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));

/** The parts of an answer that contain attributes. */
interface Answer {
  readonly Items?: readonly WireItem[];
  readonly Attributes?: WireItem;
  readonly LastEvaluatedKey?: WireItem;
  readonly Responses?: Readonly<Record<string, readonly WireItem[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: readonly WireItem[] }>>;
}

/** Replaces the attributes in an answer by their values. */
function replaceAttributes(answer: Answer): void {
  const { Items = [], Attributes, LastEvaluatedKey, Responses = {}, UnprocessedKeys = {} } = answer;
  for (const item of Items) nativeItem(item);
  if (Attributes) nativeItem(Attributes);
  if (LastEvaluatedKey) nativeItem(LastEvaluatedKey);
  for (const items of Object.values(Responses)) items.forEach(nativeItem);
  for (const { Keys } of Object.values(UnprocessedKeys)) Keys.forEach(nativeItem);
}
