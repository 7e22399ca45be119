/**
 * A message in the format of the internet (RFC 5322, MIME), for SMTP; other providers make it themselves. Both bodies are
 * base64: no line is too long, none begins with a dot, and no server needs 8BITMIME.
 */
import { toBase64 } from '../kit/base64.ts'
import { type Email, quoted } from './email.ts'

const encoder = new TextEncoder()
const printable = /^[\x20-\x7e]*$/
/** RFC 2047 §2: a line with an encoded word has at most 76 characters; 12 are `=?UTF-8?B?` and `?=`, 9 `Subject: `. */
const maxWordBytes = 39
const bodyLineLength = 76
/** What fits into the line of a header as it is. */
const maxPlainLength = 66

/**
 * Unstructured text of a header. Whatever is not printable ASCII is encoded, line breaks included, so that no value can
 * begin another header.
 */
export function headerText(text: string): string {
  // A text that looks encoded would be decoded.
  if (printable.test(text) && !text.includes('=?') && text.length <= maxPlainLength) return text
  const words: string[] = []
  let bytes: number[] = []
  const finish = () => {
    if (bytes.length > 0) words.push(`=?UTF-8?B?${toBase64(Uint8Array.from(bytes))}?=`)
    bytes = []
  }
  // By character, because a word must not end inside one.
  for (const character of text) {
    const encoded = encoder.encode(character)
    if (bytes.length + encoded.length > maxWordBytes) finish()
    bytes.push(...encoded)
  }
  finish()
  return words.join('\r\n ')
}

/** A name before an address: a quoted string, or encoded words (RFC 2047 §5 forbids them inside quotes). */
const displayName = (name: string): string =>
  printable.test(name) && !name.includes('=?') && name.length <= maxPlainLength
    ? quoted(name)
    : headerText(name)

const mailbox = ({ name, address }: Email['from']): string =>
  name === '' ? address : `${displayName(name)} <${address}>`

function body(text: string): string {
  const encoded = toBase64(encoder.encode(text.replace(/\r?\n/g, '\r\n')))
  const lines: string[] = []
  for (let start = 0; start < encoded.length; start += bodyLineLength) {
    lines.push(encoded.slice(start, start + bodyLineLength))
  }
  return lines.join('\r\n')
}

/**
 * The whole message, lines ended by CRLF, without the dot that ends it in SMTP.
 * @param date of the message
 * @param boundary between the parts; occurs in none, because both are base64
 */
export function composeMime(
  { id, from, to, subject, html, text }: Email,
  date: Date,
  boundary = `=_${id}`,
): string {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  const part = (type: string, content: string) => [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    body(content),
  ]
  return [
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `From: ${mailbox(from)}`,
    `To: ${to}`,
    `Subject: ${headerText(subject)}`,
    // The same with every attempt: who gets a message twice can see that it is one.
    `Message-ID: <${id}@${domain}>`,
    // RFC 3834 §5: no automatic answers to this.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative;',
    ` boundary="${boundary}"`,
    '',
    // Of the alternatives the last is the best (RFC 2046 §5.1.4).
    ...part('text/plain', text),
    ...part('text/html', html),
    `--${boundary}--`,
    '',
  ].join('\r\n')
}
