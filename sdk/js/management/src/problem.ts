import type { JsonObject } from '@authly-server/core'

const largest = 65_536

/** The problem document of a refusal (RFC 9457), if that is what its body is. */
export async function readProblem(response: Response): Promise<JsonObject | undefined> {
  if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    return undefined
  }
  return jsonObjectOf(await readText(response))
}

export function jsonObjectOf(text: string): JsonObject | undefined {
  const value = parse(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

/** A refusal without end must not fill our memory. */
async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    text += decoder.decode(next.value, { stream: true })
    if (text.length > largest) {
      await reader?.cancel()
      return ''
    }
  }
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
