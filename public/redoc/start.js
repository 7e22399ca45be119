/* ReDoc on this server's own document. */
Redoc.init(
  '/openapi.json',
  { nativeScrollbars: true, requiredPropsFirst: true, sortTagsAlphabetically: false, hideHostname: true },
  document.getElementById('redoc'),
)
