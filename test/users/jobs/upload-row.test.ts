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
    const only = ['id', 'status', 'password', 'password_hash', 'password_must_change']
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
