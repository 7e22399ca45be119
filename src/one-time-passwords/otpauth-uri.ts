/**
 * The address that authenticator apps read from a QR code (Key Uri Format), and that other systems export. Written and
 * read here, so that what is imported has the same rules.
 */
import { encodeBase32 } from './base32.ts'
import type { OtpAlgorithm, OtpParameters } from './generator.ts'

export interface OtpauthLabel {
  /** Name of this deployment. */
  readonly issuer: string
  /** What the person signs in with. */
  readonly account: string
}

const maxLabelPart = 100

/**
 * A part of the label. It may contain no colon, because the first one separates issuer and account; control
 * characters would let a name rewrite what the app shows.
 */
const labelPart = (text: string): string =>
  Array.from(text.replaceAll(':', ' ').replace(/[\p{Cc}\p{Cs}]/gu, ''))
    .slice(0, maxLabelPart)
    .join('')
    .replace(/\s+/g, ' ')
    .trim()

/** `otpauth://totp/Issuer:account?secret=…&issuer=Issuer&…` */
export function otpauthUri(label: OtpauthLabel, parameters: OtpParameters, seed: Uint8Array): string {
  const { kind, algorithm, digits, period_seconds, counter } = parameters
  const [issuer, account] = [labelPart(label.issuer), labelPart(label.account)].map(encodeURIComponent)
  const values = [
    `secret=${encodeBase32(seed)}`,
    `issuer=${issuer}`,
    `algorithm=${algorithm}`,
    `digits=${digits}`,
    kind === 'totp' ? `period=${period_seconds}` : `counter=${counter}`,
  ]
  return `otpauth://${kind}/${issuer}:${account}?${values.join('&')}`
}

/** What an address says; unchecked, as text and numbers. Absent members have the defaults of the format. */
export interface ReadOtpauth {
  readonly kind: string
  readonly secret: string
  readonly algorithm: OtpAlgorithm | string
  readonly digits: number
  readonly period_seconds?: number
  readonly counter?: number
  readonly name: string
}

/** Reads an address; undefined when it is none. Values are checked by whoever takes them. */
export function readOtpauthUri(text: string): ReadOtpauth | undefined {
  const match = /^otpauth:\/\/([a-z]+)\/([^?]*)\?(.+)$/i.exec(text)
  if (!match) return undefined
  const [, kind = '', label = '', query = ''] = match
  const values = new URLSearchParams(query)
  const number = (name: string, fallback: number) => Number(values.get(name) ?? fallback)
  return {
    kind: kind.toLowerCase(),
    secret: values.get('secret') ?? '',
    algorithm: (values.get('algorithm') ?? 'SHA1').toUpperCase().replace(/^HMAC/, '').replace('-', ''),
    digits: number('digits', 6),
    ...(kind.toLowerCase() === 'hotp'
      ? { counter: number('counter', Number.NaN) }
      : { period_seconds: number('period', 30) }),
    name: values.get('issuer') ?? decodeLabel(label).split(':')[0] ?? '',
  }
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label)
  } catch {
    return ''
  }
}
