// Calls go to the origin that this page comes from: `servers` of the document is `/`.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  // The page asks nobody else anything.
  validatorUrl: null,
});
