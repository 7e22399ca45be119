import type { ServerResponse } from 'node:http'

/** Calls `add` when the status line is about to be written: the last moment for a header. */
export function beforeHeaders(res: ServerResponse, add: () => void): void {
  const writeHead = res.writeHead
  let isDone = false
  const patched = function (this: ServerResponse, ...given: unknown[]): ServerResponse {
    if (!isDone) {
      isDone = true
      const last = given[given.length - 1]
      // Headers given here would replace ours of the same name, so they are set before.
      if (typeof last === 'object' && last !== null) {
        given.pop()
        setAll(res, last as HeaderList)
      }
      add()
    }
    return (writeHead as (...all: unknown[]) => ServerResponse).apply(res, given)
  }
  res.writeHead = patched as typeof res.writeHead
}

type HeaderList = Readonly<Record<string, string | string[]>> | readonly (string | readonly string[])[]

/** The three forms that `writeHead` takes: an object, pairs, and names and values in turn. */
function setAll(res: ServerResponse, headers: HeaderList): void {
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers as Record<string, string | string[] | undefined>))
      if (value !== undefined) res.setHeader(name, value)
    return
  }
  const pairs = Array.isArray(headers[0])
    ? (headers as [string, string][])
    : headers.flatMap((name, index) =>
        index % 2 === 0 ? [[name, headers[index + 1]] as [string, string]] : [],
      )
  for (const [name] of pairs) res.removeHeader(name)
  for (const [name, value] of pairs) res.appendHeader(name, value)
}
