import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exportColumns } from '../../../src/users/jobs/export-row.ts'
import { ownColumns, readUploadRow, uploadColumns } from '../../../src/users/jobs/upload-row.ts'
import { addressParts, claimNames } from '../../../src/users/profile-fields.ts'
import { fieldNames } from '../../../src/users/user-fields.ts'

const read = (values: Record<string, unknown>, format: 'csv' | 'ndjson' = 'csv') =>
  readUploadRow({ line: 2, values }, format)

describe('columns of an upload', () => {
  it('are the fields of the API, each claim and part of the address, and what only an upload has', () => {
    const fields = fieldNames.filter((name) => name !== 'profile')
    const only = ['id', 'status', 'password', 'password_hash', 'password_must_change', 'otp']
    const address = addressParts.map((part) => `address_${part}`)
    expect([...uploadColumns].sort()).toEqual([...fields, ...only, ...claimNames, ...address].sort())
  })

  it('are what an export writes, but for notes and secrets: an export can be read back', () => {
    const notes = exportColumns.filter((name) => !uploadColumns.has(name))
    expect(notes.every((name) => name.startsWith('_'))).toBe(true)
    expect([...uploadColumns].filter((name) => !exportColumns.includes(name))).toEqual([
      'password',
      'password_hash',
      'password_must_change',
      'otp',
    ])
  })

  it('are in the table of docs/import.md', async () => {
    const text = await readFile('docs/import.md', 'utf8')
    const documented = ownColumns.filter((name) => name !== 'password')
    expect(documented.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  })
})

describe('a row', () => {
  it('of cells and of JSON is the same object', () => {
    const cells = {
      ...{ username: 'ada', email_verified: 'TRUE', password_must_change: 'false', status: 'disabled' },
      ...{ name: 'Ada', profile: 'https://example.com/ada', address_country: 'GB' },
    }
    const json = {
      ...{ username: 'ada', email_verified: true, password_must_change: false, status: 'disabled' },
      profile: { name: 'Ada', profile: 'https://example.com/ada', address: { country: 'GB' } },
    }
    expect(read(cells)).toEqual({ ok: true, row: json })
    expect(read(json, 'ndjson')).toEqual({ ok: true, row: json })
  })

  it('of JSON takes null for absent, as other systems write it', () => {
    const json = {
      ...{ username: 'ada', email: null, email_verified: null, status: null, password_hash: null },
      profile: { name: null, nickname: 'A', address: { country: null, locality: 'London' } },
    }
    const row = { username: 'ada', profile: { nickname: 'A', address: { locality: 'London' } } }
    expect(read(json, 'ndjson')).toEqual({ ok: true, row })
    expect(read({ username: 'ada', profile: null }, 'ndjson')).toEqual({ ok: true, row: { username: 'ada' } })
    expect(read({ username: null, email: null }, 'ndjson')).toMatchObject({ ok: false })
  })

  it.each([
    [{ username: 'ada', email_verified: 'yes' }, 'email_verified'],
    [{ username: 'a'.repeat(101) }, 'username'],
    [{ username: 'ada', address_country: 'G\u202eB' }, 'profile.address.country'],
    [{ username: 'ada', id: 'ADA' }, 'id'],
    [{ name: 'Ada' }, 'username'],
  ])('%j is refused where the fault is: %s', (cells, field) => {
    expect(read(cells)).toMatchObject({ ok: false, errors: [{ field }] })
  })
})

describe('generators of one-time passwords in a row', () => {
  const secret = 'JBSWY3DPEHPK3PXP'
  const rowOf = (otp: unknown, format: 'csv' | 'ndjson' = 'ndjson') => read({ username: 'ada', otp }, format)

  it('have the defaults of authenticator apps', () => {
    expect(rowOf([{ secret }])).toEqual({
      ok: true,
      row: { username: 'ada', otp: [{ kind: 'totp', secret, algorithm: 'SHA1', digits: 6 }] },
    })
  })

  it('may be the address of a QR code, in a cell of CSV too', () => {
    const address = `otpauth://totp/Acme:ada?secret=${secret}&issuer=Acme&algorithm=SHA256&digits=8&period=60`
    const otp = [{ kind: 'totp', secret, algorithm: 'SHA256', digits: 8, period_seconds: 60, name: 'Acme' }]
    expect(rowOf([address])).toEqual({ ok: true, row: { username: 'ada', otp } })
    expect(rowOf(address, 'csv')).toEqual({ ok: true, row: { username: 'ada', otp } })
  })

  it('may be absent', () => {
    expect(read({ username: 'ada' })).toEqual({ ok: true, row: { username: 'ada' } })
    expect(rowOf(null)).toEqual({ ok: true, row: { username: 'ada' } })
  })

  it.each([
    [[{ secret: 'JBSWY3DP' }], 'otp.0.secret'],
    [[{ secret: '1'.repeat(16) }], 'otp.0.secret'],
    [[{ secret, digits: 9 }], 'otp.0.digits'],
    [[{ secret, algorithm: 'MD5' }], 'otp.0.algorithm'],
    [[{ secret, period_seconds: 0 }], 'otp.0.period_seconds'],
    [[{ secret, kind: 'hotp' }], 'otp.0.counter'],
    [[{ secret, kind: 'hotp', counter: -1 }], 'otp.0.counter'],
    [[{ secret, counter: 1 }], 'otp.0.counter'],
    [[{ secret, kind: 'hotp', counter: 1, period_seconds: 30 }], 'otp.0.period_seconds'],
    [[{ secret, name: 'a\u202eb' }], 'otp.0.name'],
    [[{ secret, seed: 'x' }], 'otp.0.seed'],
    [[`otpauth://hotp/Acme?secret=${secret}`], 'otp.0.counter'],
    [['https://example.com'], 'otp.0'],
    [Array.from({ length: 11 }, () => ({ secret })), 'otp'],
  ])('%j is refused where the fault is, without its seed', (otp, field) => {
    const refused = rowOf(otp)
    expect(refused).toMatchObject({ ok: false, errors: [{ field }] })
    expect(JSON.stringify(refused)).not.toContain(secret)
  })
})
