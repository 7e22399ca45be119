/** Passwords for a first sign-in, to be read aloud or typed from paper: no characters that look alike. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 4
const groupLength = 5
/** Larger bytes are discarded: they would make the first letters more likely (modulo bias). */
const fairBytes = 256 - (256 % letters.length)

/** A random password of about 99 bits, `xxxxx-xxxxx-xxxxx-xxxxx`. */
export function generatePassword(): string {
  let text = ''
  while (text.length < groups * groupLength) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      if (byte < fairBytes) text += letters[byte % letters.length]
    }
  }
  return Array.from({ length: groups }, (_, group) =>
    text.slice(group * groupLength, (group + 1) * groupLength),
  ).join('-')
}
