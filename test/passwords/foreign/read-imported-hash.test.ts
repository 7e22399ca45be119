import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { hashRefusals } from '../../../src/passwords/foreign/hash-refusal.ts'
import { parseForeignHash } from '../../../src/passwords/foreign/index.ts'
import { maxPbkdf2Iterations } from '../../../src/passwords/foreign/pbkdf2.ts'
import { readImportedHash } from '../../../src/passwords/foreign/read-imported-hash.ts'
import { madeElsewhere } from './made-elsewhere.ts'
import { firebase, published } from './published-hashes.ts'
import { isDear, storedOf } from './stored-of.ts'

const encoder = new TextEncoder()

/** The others are verified in workerd. These would take many times longer there, among the instruments of the tests. */
describe('dear hashes', () => {
  test.each([...published, ...madeElsewhere].filter(([, , given]) => isDear(given)))(
    '%s: the password opens it, another does not',
    async (_, password, given) => {
      const hash = parseForeignHash(storedOf(given) as string)
      if (typeof hash !== 'object') throw new Error('not accepted')
      expect(await hash.verify(encoder.encode(password))).toBe(true)
      expect(await hash.verify(encoder.encode(`${password}x`))).toBe(false)
    },
  )
})

describe('the hash of an import', () => {
  test('a CSV cell holds the same object as JSON', () => {
    expect(storedOf(JSON.stringify(firebase))).toBe(storedOf(firebase))
  })

  test.each([
    ['bcrypt of cost 14', '$2b$14$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    [
      'bcrypt of cost 14, of a digest',
      'bcrypt_sha256$$2b$14$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    ],
    [
      'scrypt of 128 MiB',
      '$scrypt$ln=17,r=8,p=1$cmFuZG9tc2FsdGlzaGFyZA$Rh+NnJNo1I6nRwaNqbDm6kmADswD1+7FTKZ7Ln9D8nQ',
    ],
    [
      'scrypt in many lanes',
      '$scrypt$ln=16,r=8,p=16$cmFuZG9tc2FsdGlzaGFyZA$Rh+NnJNo1I6nRwaNqbDm6kmADswD1+7FTKZ7Ln9D8nQ',
    ],
    [
      'PBKDF2 of 9,999,999 iterations',
      '$pbkdf2-sha256$i=9999999$MDEyMzQ1Njc4OWFiY2RlZg$bEpkaq0Q0Get1ft52QeKFtqD1Q+BZwqOdZOySebZSTY',
    ],
    [
      'PBKDF2 of 350,001 iterations of SHA-512',
      '$pbkdf2-sha512$i=350001$MDEyMzQ1Njc4OWFiY2RlZg$bEpkaq0Q0Get1ft52QeKFtqD1Q+BZwqOdZOySebZSTY',
    ],
    ['Argon2 of 4 GB', '$argon2id$v=19$m=4000000,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9pw'],
    ['phpass of 2^30 rounds', '$P$Sabcdefgh0123456789012345678901'],
    ['sha512-crypt of 999,999,999 rounds', `$6$rounds=999999999$salt$${'a'.repeat(86)}`],
    ['Firebase with 2^30', { ...firebase, mem_cost: 30 }],
  ])('refuses %s as too dear, before any work', (_, given) => {
    expect(readImportedHash(given)).toEqual({ ok: false, error: 'tooDear' })
  })

  test.each(['!', '!!', '*', '!Kq2V9Jx', '{CRYPT}!', `!$6$salt$${'a'.repeat(86)}`])(
    '%s says that there is no usable password',
    (given) => expect(readImportedHash(given)).toEqual({ ok: false, error: 'unusable' }),
  )

  test('blanks around a hash are refused as such', () => {
    const hash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'
    for (const given of [`${hash} `, ` ${hash}`, `${hash}\n`]) {
      expect(readImportedHash(given)).toEqual({ ok: false, error: 'blanks' })
    }
  })

  test.each([
    ['bcrypt cut short', '$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJK'],
    [
      'PBKDF2 with a hash too short to tell passwords apart',
      '$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$bEpkaq0Q0Get1ft52QeK',
    ],
    ['Firebase without its parameters', { ...firebase, signer_key: undefined }],
    ['Argon2 of no passes', '$argon2id$v=19$m=19456,t=0,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9pw'],
    ['Argon2 of no lanes', '$argon2id$v=19$m=19456,t=2,p=0$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9pw'],
    [
      'Argon2 with less memory than its lanes need',
      '$argon2id$v=19$m=8,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9pw',
    ],
    [
      'an object with a hash of a megabyte',
      { algorithm: 'pbkdf2-sha256', iterations: 1000, salt: 'AAAA', hash: 'A'.repeat(1_000_000) },
    ],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['Spring without a hash', '{noop}correct horse battery staple'],
    ['a password', 'correct horse battery staple'],
    ['sha512-crypt cut short', '$6$rounds=5000$usesomesillystri$D4IrlXatmP7rx3P3InaxBeoomnAihCKRVQAr/36eYv7'],
    ['a number', 7],
    ['nothing', null],
    ['broken JSON', '{broken'],
    ['an unknown algorithm', { algorithm: 'md5', hash: 'X03MO1qnZdYdgyfeuILPmQ==', salt: 'AA==' }],
  ])('does not know %s', (_, given) => {
    expect(readImportedHash(given)).toEqual({ ok: false, error: 'unknown' })
  })

  test.each(['unknown', 'tooDear', 'unusable'] as const)('the message of "%s" names the way on', (reason) => {
    expect(hashRefusals[reason]).toContain('set-up link')
  })

  test('is bounded as docs/import.md says', async () => {
    const [sha1, sha256, sha512] = Object.values(maxPbkdf2Iterations).map((count) =>
      count.toLocaleString('en'),
    )
    const sentence = `${sha1} iterations SHA-1, ${sha256} SHA-256, ${sha512} SHA-512`
    expect(await readFile('docs/import.md', 'utf8')).toContain(sentence)
  })

  test('of a form that reads the password in every round, is no lever for a long password', async () => {
    for (const stored of [`$6$rounds=100000$salt$${'a'.repeat(86)}`, `$S$Fabcdefgh${'a'.repeat(43)}`]) {
      const hash = parseForeignHash(stored)
      if (typeof hash !== 'object') throw new Error('not accepted')
      const begun = process.cpuUsage().user
      expect(await hash.verify(encoder.encode('p'.repeat(4096)))).toBe(false)
      expect(process.cpuUsage().user - begun).toBeLessThan(200_000)
    }
  })
})
