/** Hashes that the systems' own documentation and tests publish, and some of Python's hashlib. */
const staple = 'correct horse battery staple'

export const published: readonly [system: string, password: string, hash: unknown][] = [
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
export const firebase = {
  algorithm: 'firebase-scrypt',
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
  signer_key: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  salt_separator: 'Bw==',
  rounds: 8,
  mem_cost: 14,
}
