/**
 * Hashes made by other programs, with the passwords they are of. Versions: Django 5.2, Werkzeug 3, Passlib 1.7.4,
 * Spring Security 6.3, PHP 8.2, glibc 2.36 (by Perl's `crypt`).
 */

/** Each by the program that its name mentions, called as the system calls it. */
export const ofTheirPrograms: readonly [system: string, password: string, hash: unknown][] = [
  [
    'Django scrypt (Django 5.2)',
    'correct horse battery staple',
    'scrypt$16384$saltOfDjango16ab$8$5$/KdNpz70Pza6YnBrwKHc6cu+Fd/B+I3G4wDypWWrkVoSL5xHBcDW5LZi64Zb66OIKNjMvkaXIyBMv/dvtqhahQ==',
  ],
  [
    'Django bcrypt_sha256 (Django 5.2)',
    'correct horse battery staple',
    'bcrypt_sha256$$2b$08$abcdefghijklmnopqrstuu.eLjbNyXaerla3bEnXvpPbvwMYXZzaG',
  ],
  [
    'Django PBKDF2 600,000 (Django 5.2)',
    'correct horse battery staple',
    'pbkdf2_sha256$600000$saltOfDjango16ab$6X+/oKprIDiaUHQ1E7HDtd715cM8A5Cysht6+41sDJQ=',
  ],
  [
    'Werkzeug scrypt (Werkzeug 3)',
    'correct horse battery staple',
    'scrypt:32768:8:1$IGEcfLI2tYlk5U4I$c6635adc4f4874b294690a50b271fc8260e8b94cb2f95e2c0ec58eb7dc63f0f9f43ff57c1ade80f572ed3503d7df3ab2248cef3fc7fc28e90f24f74d4e359427',
  ],
  [
    'Werkzeug PBKDF2 (Werkzeug 3)',
    'correct horse battery staple',
    'pbkdf2:sha256:150000$qFzw74xUskVAsL5r$09b8496d3fac722433ae0761a3e68fd009794592ebf5549a6070446b35c151c6',
  ],
  [
    'Passlib bcrypt-sha256, version 2 (passlib 1.7.4)',
    'correct horse battery staple',
    '$bcrypt-sha256$v=2,t=2b,r=8$17uqADU5xi/3ov8J3psah.$MipfYM0gK5UJpUrtreLiL5NUaXkYKG.',
  ],
  [
    'Passlib bcrypt-sha256, version 1 (passlib 1.7.4)',
    'correct horse battery staple',
    '$bcrypt-sha256$2b,8$y27FbsD5zhtAzobLuZQCMe$jyrpymm4cXSGwxE1TxTCJffBIOag1YC',
  ],
  ['phpass (passlib 1.7.4)', 'correct horse battery staple', '$P$BzI6w0cEmMZrq3jBYiu8PyC8D6At/H1'],
  ['phpass of phpBB (passlib 1.7.4)', 'correct horse battery staple', '$H$9HF9wwvD/VvDUDbCEXRZ0JiA.uo2o/0'],
  [
    'sha512-crypt, 5,000 rounds (passlib 1.7.4)',
    'correct horse battery staple',
    '$6$rgK8ZCxlst7Woy2e$wlipNLaXT7re4kOdY6.39w4GJN.lxBL8e.6nEMduagPr92DZ65/MylLS8cavrY7FRcBTYBFMGhlA26ObuJeCd/',
  ],
  [
    'sha256-crypt (passlib 1.7.4)',
    'correct horse battery staple',
    '$5$E/T4PXVfnh0Op3k3$ARM2rY4dEOyZmamX6NuZgCxdwAtCnYFFCHM3y/DASn/',
  ],
  [
    'OpenLDAP {CRYPT} (passlib 1.7.4)',
    'correct horse battery staple',
    '{CRYPT}$6$1J8WH.obshPBbcRY$MH8zVRqUKRq3ZelKsTvbqkQ0MQWOW9ApiXc9o19nT0hfT5Yb6KppsPFjou5iCVjbWvjQQMTFcZ/HkprCMzwnw/',
  ],
  ['{SSHA} (passlib 1.7.4)', 'correct horse battery staple', '{SSHA}NcbaFbx/cA86pkXqoHHq1V/Gib3dGyPk'],
  [
    '{SSHA256} (passlib 1.7.4)',
    'correct horse battery staple',
    '{SSHA256}rU0/c4ATW2UgPJJt7C/TivawqadVBfVzyjViLzytkv6TsnaudY5RKg==',
  ],
  [
    '{SSHA512} (passlib 1.7.4)',
    'correct horse battery staple',
    '{SSHA512}3uCqt4fJK6l0PwBchgy/l0V95zXTecVMV/YpJXjCbfaj1mwDVpPjy2IFcfQCITYMM/Zj4GpTTPlbM5p0SVECTHlPae0dw1ir',
  ],
  [
    'Spring {bcrypt} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{bcrypt}$2a$08$CIVmr8jL4yHIZvFYnIyBSOxrb1Lm7eH0fAqvIOSZRt9g8rA56ru6m',
  ],
  [
    'Spring {pbkdf2} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{pbkdf2}13a05f6dd379e21c22a1951287c298db133a95fb45b034008cd30aa4e3bdf5d192301551d6256fd0',
  ],
  [
    'Spring {pbkdf2@SpringSecurity_v5_8} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{pbkdf2@SpringSecurity_v5_8}87c28b088adebe73d0dc083ea36330932c739622327742d097f38e2508fe489738056a6a3a7aece2268cc4211f078bf5',
  ],
  [
    'Spring {scrypt@SpringSecurity_v5_8} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{scrypt@SpringSecurity_v5_8}$100801$9mndammvIkLCaOEvu2lJuA==$cMnUbMJmmp2l2h+86QP6zPvM1Xlvxg6WpzsWICONubk=',
  ],
  [
    'Spring {scrypt} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{scrypt}$e0801$HDnVmqhgCQ6R1f3Nc9sCon89j/BNyYlsEeCprQfacBm6yoHECtFK3EMaxbGJ14WI/HGewtwl6LOzFJ2eks411w==$XilGMgEAHV8W25qlqNFyU3NYfauOZRf45CUoyM8c108=',
  ],
  [
    'Spring {argon2} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{argon2}$argon2id$v=19$m=4096,t=3,p=1$7RmGtnpiUrNOuiSmgl55OA$FzTGYKNpEXXWfmnZDMOFB/kIfNvOy2qQ863v5iczhYE',
  ],
  [
    'Spring {argon2@SpringSecurity_v5_8} (spring-security-crypto 6.3)',
    'correct horse battery staple',
    '{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=16384,t=2,p=1$R5idjGp453m3BZNhXD359g$lG37Lx8ItmdxDYALjqHByB45LlnUDv7QQr/sDyoJ+H0',
  ],
  [
    'Symfony, cost 13 (password_hash of PHP 8.2)',
    'correct horse battery staple',
    '$2y$13$lIFb4vEX3gZsGy6zpYqgs.k4HyLAOUQ8eCwD6NN.9j9NQpfx8m1Om',
  ],
  [
    'Laravel (password_hash of PHP 8.2)',
    'correct horse battery staple',
    '$2y$10$0XXQY1k5dQhtBrPfJkj4hOI/u9.w5sxV3gPwtCw4PPYw6QxnMs9Ky',
  ],
  [
    'Argon2id (password_hash of PHP 8.2)',
    'correct horse battery staple',
    '$argon2id$v=19$m=65536,t=4,p=1$OFEuY2o1NUU2MzIyWGt1MQ$6AoJIZksKD91zZrCWUofVBwLq5rSpUMMjineaz8bW+4',
  ],
  [
    'sha512-crypt (crypt of PHP 8.2)',
    'correct horse battery staple',
    '$6$rounds=20000$saltOfLinux16ab$wnMHhgpDqAQFgTpNWY8hRwDdA9Mdc/fkxpgl2evJMUVGi9KThv8xMEeuFBpPeQ9jU6NRsXX0XOblsgtZk7wZG0',
  ],
  [
    'sha256-crypt (crypt of PHP 8.2)',
    'correct horse battery staple',
    '$5$saltOfLinux$wVvLhv8I9YAlKpyIwLuwDWUmnRoVHmfaVLYHfFLDGV9',
  ],
  [
    'crypt(3) of glibc 2.36',
    'correct horse battery staple',
    '$6$glibc16saltabc$lz.r7/Q3WG26USaE54LcGikTxKILe7zXZbWpwQbXXo6kkkvTGbNT5Rh.i6i5LnBQSRMzTDG.fZ369UXlNnUrc.',
  ],
  [
    'crypt(3) of glibc 2.36',
    'correct horse battery staple',
    '$5$rounds=12345$glibc16saltabcd$lX5tcwv1H.xJ4fS871xUp6kdjFsgJxDme4IizbkC.p4',
  ],
  [
    'crypt(3) of glibc 2.36',
    'pässwörd ☃ of some length, more than thirty-two bytes and than sixty-four',
    '$6$utf8salt$dofhWasNUy7DjZZgnNVJ8KZMWg2aejdRu9BMlpYmMLlh0fD3eDQuldB18r9hcAcOLqR634MSHfxpQsrZgmix4.',
  ],
  ['crypt(3) of glibc 2.36', 'x', '$5$s$dW5XYXYClLA6gQlrluhRP/DxJYAevXA9e.Rufup9G5.'],
  [
    'crypt(3) of glibc 2.36',
    '0123456789abcdef0123456789abcdef',
    '$5$s$zhPCMGcqL7QtuQ/YkkPdT.XJ3tRsVOedZc8Txm5xYO1',
  ],
  [
    'crypt(3) of glibc 2.36',
    '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    '$6$rounds=1000$abcdefghijklmnop$Hx5YQF2Db8YKKi1TKjP2qzFUB22hAePm/cvC.5MThy2lZW0uPXxgwM/lD645AEckPeyb.mYOyo6N/5.Wxv/mv0',
  ],
  [
    'ASP.NET Identity v2 (its own tests)',
    'my password',
    'ANXrDknc7fGPpigibZXXZFMX4aoqz44JveK6jQuwY3eH/UyPhvr5xTPeGYEckLxz9A==',
  ],
  [
    'ASP.NET Identity v3, SHA-512, short key (its own tests)',
    'my password',
    'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw',
  ],
  [
    'ASP.NET Identity v3, SHA-512, long key (its own tests)',
    'my password',
    'AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==',
  ],
  [
    'ASP.NET Identity v3, SHA-1 (its own tests)',
    'my password',
    'AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M',
  ],
  [
    'ASP.NET Identity v3, SHA-256, 250,000 (its own tests)',
    'my password',
    'AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=',
  ],
  [
    'WordPress 6.8 (published by a WordPress image)',
    'admin',
    '$wp$2y$10$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES',
  ],
  ['Drupal 7 (hashcat’s example)', 'hashcat', '$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf'],
  [
    'Keycloak, Argon2 (a published realm)',
    'iceberg',
    {
      credentialData:
        '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
      secretData:
        '{"value":"BuViHNDGmCq80fvpty/QoggTI8NSt0CuNDGgeoa5f5A=","salt":"RJ0aLMQ2qKbZuROs7qQhcA==","additionalParameters":{}}',
    },
  ],
]

/** By the format's description, written down in PHP or with Python's hashlib: no installation made them. */
export const ofTheirFormulas: readonly [system: string, password: string, hash: unknown][] = [
  [
    'WordPress 6.8 (its formula, in PHP 8.2)',
    'correct horse battery staple',
    '$wp$2y$10$JDfDk3loNGcLZz3NAYEoxOqa0BAgRTSMzJ06AStQj59cudC8Ax4nG',
  ],
  [
    'Drupal 7 (its formula, in PHP 8.2)',
    'correct horse battery staple',
    '$S$DaBcDeFgHSA0G0sd8I.LA4STnJ9rO.D40eFFGAl2PlJFOk0.mzBB',
  ],
  [
    'Keycloak 24, PBKDF2-SHA-512, 210,000 (hashlib)',
    'correct horse battery staple',
    {
      credentialData: '{"hashIterations":210000,"algorithm":"pbkdf2-sha512","additionalParameters":{}}',
      secretData:
        '{"value":"P9IVVvi0QMnnYuBEjbn7SG2XJgxqnqYk4FKKafqRt46ZXxrO9ra7s2FuNKNztY10FRwa6BMO+IvmFtBvLLXhpw==","salt":"gW8XxAkb5WUMMLMlzNlDig==","additionalParameters":{}}',
    },
  ],
]

export const madeElsewhere = [...ofTheirPrograms, ...ofTheirFormulas]
