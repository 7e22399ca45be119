import { parseForeignHash } from '../../../src/passwords/foreign/index.ts'
import { readImportedHash } from '../../../src/passwords/foreign/read-imported-hash.ts'

/** What an import stores; undefined for what it refuses. */
export function storedOf(given: unknown): string | undefined {
  const read = readImportedHash(given)
  return read.ok ? read.value : undefined
}

export function isDear(given: unknown): boolean {
  const hash = parseForeignHash(storedOf(given) ?? '')
  return typeof hash === 'object' && hash.isDear === true
}
