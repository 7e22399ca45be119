/**
 * Reads what a browser submits: `PublicKeyCredential.toJSON()` as text in a form field (Web Authentication Level 3
 * §5.1.8). Everything in it was chosen by whoever sends it, so only the members that are verified later are taken, and
 * only in their one encoding and within their limits.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { isBase64Url } from '../kit/base64url.ts'

/** A signed statement of an authenticator that somebody signs in. All members are base64url. */
export interface Assertion {
  readonly credential_id: string
  readonly client_data: string
  readonly authenticator_data: string
  readonly signature: string
  /** Absent from authenticators that keep no user handle, as a second factor need not. */
  readonly user_handle: string | undefined
}

/** Attestation statements contain chains of certificates. */
export const maxCredentialLength = 32_768
/** 1023 bytes (Web Authentication §4, Credential ID). */
const maxCredentialIdLength = 1364
const maxMemberLength = 16_384

/** The assertion in a form field; `undefined` for anything else. */
export function readAssertion(text: string | undefined): Assertion | undefined {
  const credential = readCredential(text)
  if (!credential) return undefined
  const { id, response } = credential
  const { clientDataJSON, authenticatorData, signature, userHandle } = response
  const user_handle = userHandle ?? undefined
  if (!isBytes(clientDataJSON) || !isBytes(authenticatorData) || !isBytes(signature)) return undefined
  if (user_handle !== undefined && !isBytes(user_handle)) return undefined
  return {
    ...{ credential_id: id, client_data: clientDataJSON, authenticator_data: authenticatorData },
    ...{ signature, user_handle },
  }
}

/** The new credential in a form field; `undefined` for anything else. */
export function readRegistration(text: string | undefined): RegistrationResponseJSON | undefined {
  const credential = readCredential(text)
  if (!credential) return undefined
  const { id, response } = credential
  const { clientDataJSON, attestationObject } = response
  if (!isBytes(clientDataJSON) || !isBytes(attestationObject, maxCredentialLength)) return undefined
  const transports = readTransports(response['transports'])
  return {
    ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
    response: { clientDataJSON, attestationObject, transports },
  }
}

/** The form in which the library takes an assertion. */
export const toResponseJson = (assertion: Assertion): AuthenticationResponseJSON => ({
  ...{ id: assertion.credential_id, rawId: assertion.credential_id, type: 'public-key' },
  clientExtensionResults: {},
  response: {
    clientDataJSON: assertion.client_data,
    authenticatorData: assertion.authenticator_data,
    signature: assertion.signature,
  },
})

interface ReadCredential {
  readonly id: string
  readonly response: Readonly<Record<string, unknown>>
}

function readCredential(text: string | undefined): ReadCredential | undefined {
  if (text === undefined || text.length > maxCredentialLength) return undefined
  const value = parse(text)
  if (!isObject(value)) return undefined
  const { id, rawId, type, response } = value
  if (type !== 'public-key' || !isBytes(id, maxCredentialIdLength) || rawId !== id) return undefined
  return isObject(response) ? { id, response } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether `text` can be the id of a credential. */
export const isCredentialId = (text: string): boolean => isBytes(text, maxCredentialIdLength)

const isBytes = (value: unknown, longest = maxMemberLength): value is string =>
  typeof value === 'string' && value !== '' && value.length <= longest && isBase64Url(value)

/** Browsers may invent others (§5.8.4): short words are kept, anything else is dropped. */
const readTransports = (value: unknown): string[] =>
  Array.isArray(value)
    ? [...new Set(value.filter((each) => typeof each === 'string' && /^[a-z-]{1,32}$/.test(each)))].slice(
        0,
        8,
      )
    : []
