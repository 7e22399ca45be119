/** Passwords that bootstrapping makes, and their hashes. */
import { randomBytes } from 'node:crypto'
import { Argon2Type, Argon2Version } from '@phi-ag/argon2'
import initialiseArgon2 from '@phi-ag/argon2/node'

/** 100 bits in groups a person can type, without look-alike characters. */
export function makePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
  // Rejection sampling keeps every character equally likely.
  const characters: string[] = []
  while (characters.length < 20) {
    for (const byte of randomBytes(32)) {
      if (byte < 248 && characters.length < 20) characters.push(alphabet[byte % 31] as string)
    }
  }
  return (characters.join('').match(/.{5}/g) as string[]).join('-')
}

/** Argon2id with the OWASP parameters the worker uses (m = 19 MiB, t = 2, p = 1), as a PHC string. */
export async function hashPassword(password: string): Promise<string> {
  const argon2 = await initialiseArgon2()
  const { encoded } = argon2.hash(password, {
    type: Argon2Type.Argon2id,
    version: Argon2Version.Version13,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    hashLength: 32,
    salt: randomBytes(16),
  })
  return encoded
}
