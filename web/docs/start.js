const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  // No requests to other servers.
  validatorUrl: null,
  onComplete: fillInCredentials,
  requestInterceptor: ownRequest,
  responseInterceptor: keepCsrfToken,
});

/** Fills in "Authorize" if the document has credentials. The document of `npm start` has those of the demo vendor. */
function fillInCredentials() {
  const [server] = ui.specSelectors.specJson().toJS().servers;
  for (const [scheme, value] of Object.entries(server["x-credentials"] ?? {})) {
    if (typeof value === "string") ui.preauthorizeApiKey(scheme, value);
    else ui.preauthorizeBasic(scheme, value.username, value.password);
  }
}

/** Sends a call to this page's origin, even if the document names another server, with the credentials of its family only. */
function ownRequest(request) {
  if (request.loadSpec) return request;
  const { pathname, search } = new URL(request.url, location.origin);
  request.url = location.origin + pathname + search;
  if (/^\/(api\/io|therapist)\//.test(pathname)) {
    // With cookies the browser would show its own password dialog at each 401, and the call would wait for it.
    request.credentials = "omit";
  } else if (request.headers["Medable-Client-Key"]) {
    // A client key means a call as a person, with a cookie; without it the call is made as the vendor's server.
    for (const name of ["Authorization", "X-Account-Id", "X-User-Id"]) delete request.headers[name];
  }
  return request;
}

/** Keeps a session's CSRF token, so that the next calls send it. Portals require it. */
function keepCsrfToken(response) {
  const token = response.headers?.["medable-csrf-token"];
  if (token) ui.preauthorizeApiKey("csrf", token);
  return response;
}
