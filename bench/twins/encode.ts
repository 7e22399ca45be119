/** Encoding shared by the bare twins: nothing but what the platform offers. */

type WithBase64 = Uint8Array & { toBase64(options: { alphabet: 'base64url'; omitPadding: true }): string }

const encoder = new TextEncoder()

export const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  (new Uint8Array(bytes instanceof ArrayBuffer ? bytes : bytes.slice().buffer) as WithBase64).toBase64({
    alphabet: 'base64url',
    omitPadding: true,
  })

type FromBase64 = typeof Uint8Array & {
  fromBase64(text: string, options: { alphabet: 'base64url' }): Uint8Array<ArrayBuffer>
}

export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  (Uint8Array as FromBase64).fromBase64(text, { alphabet: 'base64url' })

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text) as Uint8Array<ArrayBuffer>

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })

export const randomText = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))
