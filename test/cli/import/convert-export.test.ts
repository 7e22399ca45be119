/** Exports of other systems, with every member their formats have, become rows; what does not is counted. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { readHash } from '../../../cli/import/auth0.ts'
import { type ConversionReport, convertExport } from '../../../cli/import/convert-export.ts'
import { readHashConfig } from '../../../cli/import/hash-config.ts'
import { readRecords } from '../../../cli/import/read-records.ts'
import type { Source, SourceOptions } from '../../../cli/import/source.ts'
import { sources } from '../../../cli/import/sources.ts'
import { parseForeignHash } from '../../../src/passwords/foreign/index.ts'
import { storedOf } from '../../passwords/foreign/stored-of.ts'

const folder = new URL('exports/', import.meta.url)
const now = Date.parse('2026-01-01T00:00:00Z')
const password = 'quiet-harbour-81'

const files: readonly (readonly [file: string, from: string])[] = [
  ['firebase.json', 'firebase'],
  ['firebase.csv', 'firebase'],
  ['auth0.ndjson', 'auth0'],
  ['auth0-hashes.ndjson', 'auth0'],
  ['keycloak.json', 'keycloak'],
  ['cognito-pages.txt', 'cognito'],
  ['cognito.csv', 'cognito'],
  ['okta.json', 'okta'],
  ['okta.csv', 'okta'],
  ['supabase.csv', 'supabase'],
  ['supabase.json', 'supabase'],
]

const sourceOf = (name: string): Source => sources.find((source) => source.name === name) as Source

interface Row {
  readonly [name: string]: unknown
  readonly _id?: string
  readonly email?: string
  readonly password_hash?: unknown
}

async function* bytesOf(text: string, size = text.length): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function convert(
  source: Source,
  chunks: AsyncIterable<Uint8Array>,
  options: Partial<SourceOptions> = {},
): Promise<{ report: ConversionReport; rows: readonly Row[] }> {
  const rows: Row[] = []
  const take = (line: string) => void rows.push(JSON.parse(line) as Row)
  const report = await convertExport(source, readRecords(source, chunks), { now, ...options }, take)
  return { report, rows }
}

const convertText = (from: string, text: string) => convert(sourceOf(from), bytesOf(text))

async function convertFile(file: string, from: string) {
  const config = await readFile(new URL('firebase-hash-config.txt', folder), 'utf8')
  const hashes = new Map<string, unknown>()
  if (file === 'auth0.ndjson') {
    const auth0 = sourceOf('auth0')
    const given = createReadStream(new URL('auth0-hashes.ndjson', folder))
    for await (const { values } of readRecords(auth0, given)) {
      hashes.set(auth0.idOf(values) as string, readHash(values))
    }
  }
  const hashConfig = from === 'firebase' ? readHashConfig(config) : undefined
  return convert(sourceOf(from), createReadStream(new URL(file, folder)), { hashConfig, hashes })
}

/** The members a report speaks of. */
const membersOf = ({ mapped, lost }: ConversionReport) => [...mapped, ...lost].map(({ member }) => member)

describe('an export', () => {
  it.each(files)('%s becomes the rows that were looked over', async (file, from) => {
    const { rows } = await convertFile(file, from)
    const golden = await readFile(new URL(`../rows/${file}.ndjson`, folder), 'utf8')
    expect(rows).toEqual(
      golden
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    )
  })

  it.each(sources)('of $name is tested with every member it may have', async ({ name, mapped, lost }) => {
    const ofSource = files.filter(([, from]) => from === name)
    const reports = await Promise.all(ofSource.map(([file, from]) => convertFile(file, from)))
    const seen = new Set(reports.flatMap(({ report }) => membersOf(report)))
    const leftOut = ['serviceAccountClientId', 'is_anonymous', 'deleted_at', 'cognito:user_status']
    const members = Object.keys({ ...mapped, ...lost }).filter((member) => !leftOut.includes(member))
    expect(members.filter((member) => !seen.has(member))).toEqual([])
    expect(
      reports.flatMap(({ report }) => report.lost.filter(({ detail }) => detail === 'not known here')),
    ).toEqual([])
  })

  it.each(files)('%s has hashes that are the password', async (file, from) => {
    const { rows } = await convertFile(file, from)
    for (const { password_hash } of rows.filter((row) => row.password_hash !== undefined)) {
      const hash = parseForeignHash(storedOf(password_hash) as string)
      if (typeof hash !== 'object') throw new Error('no hash of another system')
      expect(await hash.verify(new TextEncoder().encode(password))).toBe(true)
      expect(await hash.verify(new TextEncoder().encode('another'))).toBe(false)
    }
  })

  it('keeps disabled accounts disabled, and people without a display name', async () => {
    const { rows, report } = await convertFile('firebase.json', 'firebase')
    expect(rows.find(({ email }) => email === 'locked.out@firebase.example')).toMatchObject({
      status: 'disabled',
    })
    expect(rows.find(({ email }) => email === 'no.name@firebase.example')?.password_hash).toBeDefined()
    expect(report).toMatchObject({ records: 6, accounts: 4, with_password: 2, disabled: 1 })
  })

  it('says who is left out, and why', async () => {
    const { report } = await convertFile('firebase.json', 'firebase')
    expect(report.left_out).toEqual([
      {
        ...{ reason: 'has neither user name nor e-mail address', count: 1 },
        examples: [{ at: 4, id: 'phoneOnly0000000000000000003' }],
      },
      {
        ...{ reason: 'has the e-mail address of a record before it', count: 1 },
        examples: [{ at: 6, id: 'again00000000000000000000005' }],
      },
    ])
  })

  it('loses passwords without their parameters, and says so', async () => {
    const { rows, report } = await convert(
      sourceOf('firebase'),
      createReadStream(new URL('firebase.json', folder)),
    )
    expect(rows.filter((row) => row.password_hash !== undefined)).toEqual([])
    expect(report.with_password).toBe(0)
    expect(report.lost).toContainEqual(expect.objectContaining({ member: 'passwordHash,salt', count: 2 }))
    expect(report.mapped.map(({ member }) => member)).not.toContain('passwordHash')
  })

  it('counts a member nobody has heard of', async () => {
    const { report } = await convertText(
      'auth0',
      '{"user_id":"auth0|1","email":"a@b.example","shoe_size":44}',
    )
    expect(report.lost).toEqual([{ member: 'shoe_size', count: 1, detail: 'not known here' }])
  })
})

describe('a file', () => {
  it.each(files)('%s is recognised when it is taken for another', async (file, from) => {
    const other = sources.find(({ name }) => name !== from && name !== 'firebase') as Source
    const text = await readFile(new URL(file, folder), 'utf8')
    // A CSV of Firebase has no header to recognise it by.
    const message =
      file === 'firebase.csv' ? 'no CSV that can be read' : `an export of ${sourceOf(from).title}.`
    await expect(convert(other, bytesOf(text))).rejects.toMatchObject({
      ...{ reason: 'usage', message: expect.stringContaining(message) },
      ...(file === 'firebase.csv' ? {} : { hint: `--from ${from}` }),
    })
  })

  it.each(['firebase.json', 'keycloak.json', 'cognito-pages.txt', 'okta.json'])(
    '%s is refused when it is cut off',
    async (file) => {
      const from = files.find(([name]) => name === file)?.[1] as string
      const text = await readFile(new URL(file, folder), 'utf8')
      await expect(convertText(from, text.slice(0, text.length * 0.9))).rejects.toThrow('stops in the middle')
    },
  )

  it.each([1, 7, 4096])('is the same in pieces of %i bytes', async (size) => {
    for (const [file, from] of files) {
      const text = await readFile(new URL(file, folder), 'utf8')
      const whole = await convertText(from, text)
      expect(await convert(sourceOf(from), bytesOf(text, size))).toEqual(whole)
    }
  })

  it.each([
    ['nothing', '', 'is empty'],
    ['an empty list', '{"users":[]}', 'has no records'],
    ['a page of a browser', '<html>', 'does not look like|cannot be read|no records'],
    ['a dump in SQL', '-- PostgreSQL database dump\n', 'dump in SQL'],
    [
      'two formats in one',
      '{"localId":"1","email":"a@b.example"}\n{"user_id":"auth0|1"}',
      'Record 2 looks like an export of Auth0',
    ],
    ['broken JSON', '{"users":[{"localId":}]}', 'Record 1 of the file is not JSON'],
    [
      'JSON with something behind it',
      '{"users":[{"localId":"1","email":"a@b.example"}]} etc',
      'stands between objects',
    ],
  ])('with %s is refused', async (_, text, message) => {
    await expect(convertText('firebase', text)).rejects.toThrow(new RegExp(message))
  })

  it('that is compressed, or an archive, is named', async () => {
    async function* start(...bytes: number[]) {
      yield Uint8Array.from([...bytes, 10, 10, 10])
    }
    await expect(convert(sourceOf('okta'), start(0x1f, 0x8b))).rejects.toThrow('compressed')
    await expect(convert(sourceOf('okta'), start(0x50, 0x4b))).rejects.toThrow('archive')
  })

  it('may be larger around the people than one record may be', async () => {
    const filler = 'x'.repeat(3 * 1024 * 1024)
    const { rows } = await convertText(
      'keycloak',
      JSON.stringify({ clients: [{ filler }], users: [{ username: 'ada', enabled: true }], more: filler }),
    )
    expect(rows).toEqual([{ username: 'ada' }])
    const long = JSON.stringify({ user_id: 'auth0|1', filler })
    await expect(convertText('auth0', long)).rejects.toThrow('longer than')
  })

  it('of cells is recognised by its columns, also in a row without values for them', async () => {
    const text = 'id,email,encrypted_password\n,ada@b.example,\n,bob@b.example,\n'
    const { rows } = await convertText('supabase', text)
    expect(rows).toEqual([{ email: 'ada@b.example' }, { email: 'bob@b.example' }])
  })

  it('with a byte order mark is read', async () => {
    const { rows } = await convertText('okta', '\uFEFF[{"id":"1","profile":{"login":"ada"}}]')
    expect(rows).toEqual([{ _id: '1', username: 'ada' }])
  })
})

describe('the hash parameters of Firebase', () => {
  it('are read as the console shows them and as JSON', async () => {
    const block = readHashConfig(await readFile(new URL('firebase-hash-config.txt', folder), 'utf8'))
    expect(block).toMatchObject({ salt_separator: 'Bw==', rounds: 8, mem_cost: 14 })
    expect(readHashConfig(JSON.stringify({ algorithm: 'SCRYPT', ...block }))).toEqual(block)
  })

  it('are refused when one is missing, without showing the key', () => {
    const key = 'c2VjcmV0c2VjcmV0'
    const error = (() => {
      try {
        return readHashConfig(`base64_signer_key: ${key}, rounds: 8`)
      } catch (thrown) {
        return thrown as Error
      }
    })() as Error
    expect(error.message).toContain('lacks')
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(key)
    expect(() => readHashConfig('algorithm: BCRYPT')).toThrow('BCRYPT')
  })
})

describe('the documents', () => {
  it('say of every member where it goes, or why it does not', async () => {
    const text = await readFile('docs/import-from-other-systems.md', 'utf8')
    for (const { title, mapped, lost } of sources) {
      const section = text.split('\n## ').find((one) => one.startsWith(title)) ?? ''
      const names = [...Object.keys(mapped), ...Object.keys(lost)]
      expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([])
    }
  })
})

describe('generators of one-time passwords', () => {
  it('of Keycloak compute the codes they computed there: a seed is text unless it says base32', async () => {
    const { rows } = await convertFile('keycloak.json', 'keycloak')
    const seed = Buffer.from('k4tF9QwZ2mXs7LbR0vHy')
    const maren = rows.find((row) => row['username'] === 'maren')
    const [app, token] = (maren?.['otp'] ?? []) as { secret: string }[]
    expect(app).toMatchObject({
      kind: 'totp',
      algorithm: 'SHA1',
      digits: 6,
      period_seconds: 30,
      name: 'phone',
    })
    expect(Secret.fromBase32(app?.secret ?? '').bytes).toEqual(new Uint8Array(seed))
    expect(token).toEqual({
      ...{ kind: 'hotp', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', algorithm: 'SHA256', digits: 8 },
      ...{ counter: 9, name: 'token' },
    })
  })

  it('of Auth0 move along; a seed that is too short costs neither the account nor the others', async () => {
    const { rows, report } = await convertFile('auth0.ndjson', 'auth0')
    expect(rows.find(({ email }) => email === 'moved@auth0.example')?.['otp']).toEqual([
      { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' },
    ])
    expect(report.lost).toContainEqual({
      ...{ member: '→ otp.1.secret', count: 1 },
      detail: 'a value is not taken: must be 10 to 128 bytes in base32',
    })
  })
})
