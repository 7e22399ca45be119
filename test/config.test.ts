import { expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url')
const previousOf = (text: string) =>
  parseConfig({
    AUTHLY_ISSUER: 'https://auth.test',
    AUTHLY_ROOT_SECRET: secret(3),
    AUTHLY_ROOT_SECRET_PREVIOUS: text,
    DATABASE_URL: 'postgres://localhost/authly',
  }).previousRootSecrets

it('takes previous root secrets in order, closed ones too, and nothing that is no secret', () => {
  expect(previousOf('')).toEqual([])
  expect(previousOf(`${secret(2)},closed:${secret(1)}`)).toEqual([secret(2), `closed:${secret(1)}`])
  expect(() => previousOf(`${secret(2)},short`)).toThrow('AUTHLY_ROOT_SECRET_PREVIOUS must be')
  expect(() => previousOf(`gone:${secret(1)}`)).toThrow('AUTHLY_ROOT_SECRET_PREVIOUS must be')
})
