/** One-time passwords as an application on a phone shows them (RFC 6238): SHA-1, six digits, 30 seconds. */
import { createHmac } from 'node:crypto'

export const currentStep = (): number => Math.floor(Date.now() / 30_000)

export function totpCode(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', seed).update(counter).digest()
  const number = (mac.readUInt32BE((mac[19] as number) & 15) & 0x7fffffff) % 1_000_000
  return String(number).padStart(6, '0')
}
