import { describe, expect, test } from 'vitest'
import { argon2Hasher } from '../../src/passwords/argon2.ts'

/** Made by OpenSSL, for "correct horse battery staple" unless said otherwise. */
const byOpenSsl = {
  today: '$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0',
  costly: '$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$77UfmnZYT23WpPeUKhovauWm5OxRQv9nTf1dJ+tF5EY',
  argon2i: '$argon2i$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$a4Vmb8BztzJQAjar4pBJac3RHJRwOM41W0GNxOaaUsU',
  /** "пароль-é-😀-длинный" */
  unicode:
    '$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$S2+6LNAay8wYx19v51AvL0waJBCoDe1RRsSA5FXZVfc',
}

describe('the password hasher in workerd', () => {
  test('hashes with OWASP’s parameters and a fresh salt', async () => {
    const [first, second] = await Promise.all([argon2Hasher.hash('x'), argon2Hasher.hash('x')])
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(first).not.toBe(second)
    expect(argon2Hasher.needsRehash(first)).toBe(false)
    expect(await argon2Hasher.verify('x', first)).toBe(true)
    expect(await argon2Hasher.verify('y', first)).toBe(false)
  })

  test.each([byOpenSsl.today, byOpenSsl.costly, byOpenSsl.argon2i])('verifies %s', async (phc) => {
    expect(await argon2Hasher.verify('correct horse battery staple', phc)).toBe(true)
    expect(await argon2Hasher.verify('correct horse battery stapler', phc)).toBe(false)
  })

  test('a password beyond ASCII counts to its last byte, however it is composed (RFC 8265 §4.2)', async () => {
    const password = 'пароль-é-😀-длинный'
    expect(await argon2Hasher.verify(password, byOpenSsl.unicode)).toBe(true)
    expect(await argon2Hasher.verify(password.normalize('NFD'), byOpenSsl.unicode)).toBe(true)
    expect(await argon2Hasher.verify('пароль-é-😀-длинныи', byOpenSsl.unicode)).toBe(false)
  })

  test.each([
    undefined,
    '',
    '$2b$10$x',
    '$argon2id$v=19$m=4000000,t=99,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9pw',
  ])('with %j nobody signs in', async (phc) => {
    expect(await argon2Hasher.verify('correct horse battery staple', phc)).toBe(false)
  })
})
