/** The header in which CloudFront proves that a request came through it: the value of a secret. In lower case. */
export const edgeHeader = "frontdesk-edge";

/** The header in which our CloudFront names the address of the viewer. It replaces what the viewer sent under this name. */
export const viewerHeader = "frontdesk-viewer-address";

/** What the authorizer says of requests that came through our CloudFront. */
export const cameThroughEdge = "yes";

/** What the authorizer tells functions, and the gateway's log, about a request. */
export interface EdgeContext {
  readonly throughEdge: string;
}
