/**
 * Whether this application's own pages sent a request. Browsers say where a request comes from, and no page can change
 * what they say (Fetch Standard §3.2, Fetch Metadata §2). A request that says nothing is not from a browser of today.
 * @param origin of this application, by its configuration
 */
export function isSameOrigin(headers: Headers, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  const from = headers.get('origin')
  if (site !== null && site !== 'same-origin') return false
  // Pages that send no referrer have the origin `null`, as sandboxed frames have; the other header tells them apart.
  if (from === null || from === 'null') return site === 'same-origin'
  return from === origin
}
