SwaggerUIBundle({
  url: "/v3/api-docs",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // Otherwise the page asks a server on the internet to judge the document.
  validatorUrl: null,
});
