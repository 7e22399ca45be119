/** Answers that concern one caller alone. */

/** No cache keeps it, and no browser takes it for another media type than it says. */
export const noStoreHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const

/** JSON that no cache keeps. */
export const jsonResponse = (
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...noStoreHeaders, ...headers },
  })
