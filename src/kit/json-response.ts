/** Responses meant for one caller only. */

/** Prevents caching, and MIME sniffing by browsers. */
export const noStoreHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const

/** An uncacheable JSON response. */
export const jsonResponse = (
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...noStoreHeaders, ...headers },
  })
