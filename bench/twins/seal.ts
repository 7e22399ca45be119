/** AES-GCM with a key that the isolate has: what travels through a browser is neither read nor made up. */
import { base64url, fromBase64url, utf8 } from './encode.ts'

const sealingKey = crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, [
  'encrypt',
  'decrypt',
])

export async function seal(text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await sealingKey, utf8(text))
  return `${base64url(iv)}.${base64url(sealed)}`
}

export async function open(sealed: string): Promise<string> {
  const [iv = '', text = ''] = sealed.split('.')
  const parameters = { name: 'AES-GCM', iv: fromBase64url(iv) }
  return new TextDecoder().decode(
    await crypto.subtle.decrypt(parameters, await sealingKey, fromBase64url(text)),
  )
}
