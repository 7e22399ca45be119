import type { Request as ExpressRequest, Response as ExpressResponse } from 'express'

/**
 * A request of Express as one of the Web. Of its address only path and query count: host and scheme are what a client
 * or a proxy says, and this package takes its own from the configuration.
 */
export function toWebRequest(req: ExpressRequest): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one)
  // `//evil.example/x` would be read as a host.
  const url = `http://application.invalid/${req.originalUrl.replace(/^[/\\]+/, '')}`
  const { method } = req
  return new Request(url, { method, headers, ...(method === 'POST' ? bodyOf(req) : {}) })
}

/** What a body parser before us has read is written again; else the stream itself. */
function bodyOf(req: ExpressRequest): RequestInit & { duplex?: 'half' } {
  const parsed: unknown = req.body
  if (typeof parsed === 'object' && parsed !== null)
    return { body: new URLSearchParams(parsed as Record<string, string>).toString() }
  return { body: req as unknown as BodyInit, duplex: 'half' }
}

export async function sendResponse(res: ExpressResponse, response: Response): Promise<void> {
  res.status(response.status)
  response.headers.forEach((value, name) => {
    if (name !== 'set-cookie') res.setHeader(name, value)
  })
  for (const line of response.headers.getSetCookie()) res.appendHeader('set-cookie', line)
  res.end(Buffer.from(await response.arrayBuffer()))
}
