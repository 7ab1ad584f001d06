import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Route } from "../lib/api/routes.ts";

/** An HTTP request as it was received. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly now: Date;
}

/** Media types whose bodies API Gateway passes on as text. All other bodies arrive base64-encoded. */
const textual = /^(text\/|application\/(json|xml|javascript) *(;|$))/i;

/**
 * The event with which API Gateway calls a Lambda function for a request: payload format 2.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(request: HttpRequest, route: Route): APIGatewayProxyEventV2 {
  const queryStart = request.target.indexOf("?");
  const rawQueryString = queryStart < 0 ? "" : request.target.slice(queryStart + 1);
  const rawPath = queryStart < 0 ? request.target : request.target.slice(0, queryStart);
  const { cookie, ...headers } = joined(request.headers);
  const path = decodedPath(rawPath);
  const isBase64Encoded = request.body.length > 0 && !textual.test(headers["content-type"] ?? "");
  const queryStringParameters = joinedQuery(rawQueryString);
  const routeKey = route.path === "$default" ? "$default" : `${route.row.method} ${route.path}`;
  const domainName = (headers.host ?? "localhost").replace(/:\d+$/, "");
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookie && { cookies: cookie.split(/; */) }),
    headers,
    ...(rawQueryString && { queryStringParameters }),
    ...(Object.keys(route.pathParameters).length > 0 && { pathParameters: { ...route.pathParameters } }),
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName,
      domainPrefix: domainName.split(".")[0] ?? domainName,
      http: {
        method: request.method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: logTime(request.now),
      timeEpoch: request.now.getTime(),
    },
    ...(request.body.length > 0 && { body: request.body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

/** Headers with names in lower case. Repeated headers are joined with commas, cookies with semicolons. */
function joined(headers: HttpRequest["headers"]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    result[key] = typeof value === "string" ? value : value.join(key === "cookie" ? "; " : ",");
  }
  return result;
}

/** Decoded query parameters. Repeated parameters are joined with commas. */
function joinedQuery(rawQueryString: string): Record<string, string> {
  const result: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    result[name] = result[name] === undefined ? value : `${result[name]},${value}`;
  }
  return { ...result };
}

/** A time in the format of web server logs: `12/Mar/2020:19:03:58 +0000`. */
function logTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** API Gateway decodes percent-encoded paths. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
