/** The vectors of webhook signatures: our verifier decides as they say, and our signer makes the good ones. */
import { readFileSync } from 'node:fs'
import { createWebhookVerifier, WebhookError } from '@authly-server/webhooks'
import { describe, expect, it } from 'vitest'
import { importSigningKey, signWebhook } from '../../../src/webhooks/sign.ts'

interface Case {
  readonly name: string
  readonly signed_with?: readonly string[]
  readonly input: {
    readonly secrets?: readonly string[]
    readonly public_keys?: readonly string[]
    readonly tolerance_seconds?: number
    readonly now: number
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly body_base64?: string
  }
  readonly expect: { readonly type: string } | { readonly error: string }
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../sdk/vectors/webhook-signatures.json', import.meta.url), 'utf8'),
) as { keys: Record<string, string>; cases: readonly Case[] }

const bodyOf = ({ body, body_base64 = '' }: Case['input']) => body ?? Buffer.from(body_base64, 'base64')

async function outcomeOf(input: Case['input'], asRequest: boolean): Promise<Case['expect']> {
  const verify = createWebhookVerifier({
    ...(input.secrets && { secrets: input.secrets }),
    ...(input.public_keys && { publicKeys: input.public_keys }),
    ...(input.tolerance_seconds !== undefined && { toleranceSeconds: input.tolerance_seconds }),
    now: () => input.now * 1000,
  })
  const { headers } = input
  const body = bodyOf(input)
  try {
    const event = await verify(
      asRequest
        ? new Request('https://app.example/webhooks', { method: 'POST', headers, body })
        : { headers, body },
    )
    return { type: event.type }
  } catch (error) {
    if (error instanceof WebhookError) return { error: error.code }
    throw error
  }
}

it('have cases of either kind, each with a name of its own', () => {
  const { cases } = vectors
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  expect(cases.filter(({ expect }) => 'type' in expect).length).toBeGreaterThan(10)
  expect(cases.filter(({ expect }) => 'error' in expect).length).toBeGreaterThan(30)
})

describe.each(vectors.cases)('$name', ({ input, signed_with, expect: expected }) => {
  it('is decided so for a body and headers, as Node has them', async () => {
    expect(await outcomeOf(input, false)).toEqual(expected)
  })

  // The Fetch API has no two spellings of a header.
  const isRepeated =
    new Set(Object.keys(input.headers).map((name) => name.toLowerCase())).size <
    Object.keys(input.headers).length
  it.skipIf(isRepeated)('is decided so for a Request', async () => {
    expect(await outcomeOf(input, true)).toEqual(expected)
  })

  it.skipIf(!signed_with)('is what the server signs', async () => {
    const keys = (signed_with ?? []).map((name) => importSigningKey(vectors.keys[name] ?? ''))
    const headers = new Headers(input.headers)
    const message = {
      id: headers.get('webhook-id') ?? '',
      timestamp: Number(headers.get('webhook-timestamp')),
      body: input.body ?? '',
    }
    expect(await signWebhook(message, await Promise.all(keys))).toEqual(Object.fromEntries(headers))
  })
})
