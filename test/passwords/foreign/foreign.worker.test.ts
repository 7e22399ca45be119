import { describe, expect, test } from 'vitest'
import { argon2Hasher } from '../../../src/passwords/argon2.ts'
import { readImportedHash } from '../../../src/passwords/foreign/read-imported-hash.ts'

/** Known answers of the systems themselves; ours alone would prove nothing. */
const staple = 'correct horse battery staple'
const vectors: readonly [string, string, unknown][] = [
  ['bcrypt $2a$ (crypt_blowfish)', 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt $2a$ (crypt_blowfish)', 'U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['bcrypt $2y$ (Apache htpasswd)', staple, '$2y$10$DhdrjqmdpyfzaPIKNhcUeeh3PpKOzfw58jdB2muzdkchQr/Pkhqai'],
  [
    'scrypt (zitadel/passwap, made by scrypt.py)',
    'password',
    '$scrypt$ln=16,r=8,p=1$cmFuZG9tc2FsdGlzaGFyZA$Rh+NnJNo1I6nRwaNqbDm6kmADswD1+7FTKZ7Ln9D8nQ',
  ],
  [
    'scrypt (Python hashlib)',
    staple,
    '$scrypt$ln=15,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$9rcVF+DZ8uU77qz3H/v29+n2g8c877AOCRXSQvC/fs0',
  ],
  [
    'PBKDF2-SHA-1, 1,300,000 (Python hashlib)',
    staple,
    '$pbkdf2-sha1$i=1300000$MDEyMzQ1Njc4OWFiY2RlZg$MLmcmFGGc2NTepfVZWiozQh3JXw',
  ],
  [
    'PBKDF2-SHA-256, 600,000 (Python hashlib)',
    staple,
    '$pbkdf2-sha256$i=600000$MDEyMzQ1Njc4OWFiY2RlZg$bEpkaq0Q0Get1ft52QeKFtqD1Q+BZwqOdZOySebZSTY',
  ],
  [
    'PBKDF2-SHA-512, 210,000 (Python hashlib)',
    staple,
    '$pbkdf2-sha512$210000$MDEyMzQ1Njc4OWFiY2RlZg$MZzEtPw1Mpo77OdkGORTt/WiKyi/IN4Pp7hkbe0Q3XA3UZDbcRp8xYlF0PyZjEAiIQyB3nj1YwWHidBrQxTKDw',
  ],
  [
    'Django',
    'userpassword',
    'pbkdf2_sha256$180000$TAWdyXjZhOxy$Gdf7QXtuAA6S330T/w4Ul5LzcReOgDBx7/Ds6TFJWKs=',
  ],
  [
    'Keycloak, a 32-byte key',
    'admin',
    {
      credentialData: '{"hashIterations": 27500,"algorithm": "pbkdf2-sha256"}',
      secretData:
        '{"salt": "x/bm4Y3DcuV9eU97ervkPA==","value": "1u7BLvfSPxQFpwc5jpGSA+88EGl9pZYKhaZ8YPIu9N4="}',
    },
  ],
  [
    'Keycloak, a 64-byte key',
    staple,
    {
      credentialData: '{"hashIterations":27500,"algorithm":"pbkdf2-sha256","additionalParameters":{}}',
      secretData:
        '{"value":"DGzF4+RpmttWHV7FCaK41NYsG4Rc9QqDO8q71k0T1ODS+Ooo+SM5Ep4eJNd+eywW2X+UkNdTatqTScXAD7qm+w==","salt":"MDEyMzQ1Njc4OWFiY2RlZg=="}',
    },
  ],
  [
    'Django Argon2',
    staple,
    'argon2$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$77UfmnZYT23WpPeUKhovauWm5OxRQv9nTf1dJ+tF5EY',
  ],
  [
    'an object',
    staple,
    {
      algorithm: 'pbkdf2-sha256',
      iterations: 600_000,
      salt: 'MDEyMzQ1Njc4OWFiY2RlZg==',
      hash: 'bEpkaq0Q0Get1ft52QeKFtqD1Q+BZwqOdZOySebZSTY=',
    },
  ],
  [
    'an object',
    staple,
    {
      algorithm: 'scrypt',
      n: 32_768,
      r: 8,
      p: 1,
      salt: 'MDEyMzQ1Njc4OWFiY2RlZg==',
      hash: '9rcVF+DZ8uU77qz3H/v29+n2g8c877AOCRXSQvC/fs0=',
    },
  ],
]

/** https://github.com/firebase/scrypt */
const firebase = {
  algorithm: 'firebase-scrypt',
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
  signer_key: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  salt_separator: 'Bw==',
  rounds: 8,
  mem_cost: 14,
}

describe('hashes of other systems', () => {
  test.each(vectors)(
    '%s: the password opens it, another does not, and it is renewed',
    async (_, password, given) => {
      const stored = readImportedHash(given)
      expect(stored).toBeTypeOf('string')
      expect(await argon2Hasher.verify(password, stored)).toBe(true)
      expect(await argon2Hasher.verify(`${password}x`, stored)).toBe(false)
      expect(argon2Hasher.needsRehash(stored as string)).toBe(true)
    },
  )

  test('Firebase: the published example opens, and the project’s signer key is not stored', async () => {
    const stored = readImportedHash(firebase) as string
    expect(stored).not.toContain(firebase.signer_key.slice(0, 20))
    expect(await argon2Hasher.verify('user1password', stored)).toBe(true)
    expect(await argon2Hasher.verify('user2password', stored)).toBe(false)
    expect(argon2Hasher.needsRehash(stored)).toBe(true)
  })

  test('a CSV cell holds the same object as JSON', () => {
    expect(readImportedHash(JSON.stringify(firebase))).toBe(readImportedHash(firebase))
    expect(readImportedHash('{broken')).toBeUndefined()
  })

  test('a password is tried as it was typed, then in our normal form (RFC 8265 §4.2)', async () => {
    // "é" composed (NFC), as most systems got it; typed decomposed on a Mac.
    const nfc = readImportedHash('$2y$06$sRvqCKFPeXhESWrKl2E7HOCf9osi1t14cbX45xtFVXPlhk4A3aU1O')
    expect(await argon2Hasher.verify('caf\u00e9-au-lait', nfc)).toBe(true)
    expect(await argon2Hasher.verify('cafe\u0301-au-lait', nfc)).toBe(true)
  })

  test.each([
    ['bcrypt of cost 13', '$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['bcrypt cut short', '$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJK'],
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
      'PBKDF2 with a hash too short to tell passwords apart',
      '$pbkdf2-sha256$i=1000$MDEyMzQ1Njc4OWFiY2RlZg$bEpkaq0Q0Get1ft52QeK',
    ],
    ['Argon2 of 4 GB', '$argon2id$v=19$m=4000000,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9pw'],
    ['Firebase without its parameters', { ...firebase, signer_key: undefined }],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['a password', 'correct horse battery staple'],
    ['crypt', '$6$rounds=5000$usesomesillystri$D4IrlXatmP7rx3P3InaxBeoomnAihCKRVQAr/36eYv7'],
    ['a number', 7],
    ['nothing', null],
    ['an unknown algorithm', { algorithm: 'md5', hash: 'X03MO1qnZdYdgyfeuILPmQ==', salt: 'AA==' }],
  ])('refuses %s before any work', (_, given) => {
    expect(readImportedHash(given)).toBeUndefined()
  })

  test('Firebase parameters that would cost too much are refused', () => {
    expect(readImportedHash({ ...firebase, mem_cost: 30 })).toBeUndefined()
  })
})
