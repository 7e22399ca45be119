/**
 * An authenticator in software (Web Authentication §6): it makes discoverable passkeys and signs with them, in any
 * runtime with WebCrypto, and states whatever a test wants it to state.
 */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { type CborValue, encodeCbor } from './cbor.ts'
import { cosePublicKey, generateKeys, type SignatureAlgorithm, sign } from './cose-keys.ts'

export interface AuthenticatorOptions {
  /** A UUID. */
  readonly aaguid?: string
  readonly algorithm?: SignatureAlgorithm
  /** Synced passkeys. */
  readonly backupEligible?: boolean
  readonly backedUp?: boolean
  /** Added to the counter with each use; 0: it has none. */
  readonly counterStep?: number
  readonly transports?: readonly string[]
}

/** What a single ceremony states instead of what is true. */
export interface CeremonyOverrides {
  readonly origin: string
  /** Default: the domain in the options. */
  readonly rpId?: string
  readonly challenge?: string
  readonly userPresent?: boolean
  readonly userVerified?: boolean
  readonly backupEligible?: boolean
  readonly backedUp?: boolean
  readonly counter?: number
  /** Members of the client data, such as `crossOrigin`. */
  readonly clientData?: Readonly<Record<string, unknown>>
}

export interface CreateOverrides extends CeremonyOverrides {
  /** `self`: signed with the new key itself. Or a statement for what is to be signed. */
  readonly attestation?: 'none' | 'self' | StatementOf
}

export interface GetOverrides extends CeremonyOverrides {
  /** Default: the newest passkey for the domain. */
  readonly credentialId?: string
  readonly userHandle?: string | null
}

/** @param signed authenticator data and hash of the client data */
export type StatementOf = (
  signed: Uint8Array<ArrayBuffer>,
) => Promise<{ readonly fmt: string; readonly attStmt: Map<string, CborValue> }>

export interface SoftwarePasskey {
  readonly id: string
  readonly rpId: string
  readonly userHandle: string
  readonly algorithm: SignatureAlgorithm
  readonly keys: CryptoKeyPair
  counter: number
}

export interface SoftwareAuthenticator {
  readonly passkeys: SoftwarePasskey[]
  create(
    options: PublicKeyCredentialCreationOptionsJSON,
    overrides: CreateOverrides,
  ): Promise<RegistrationResponseJSON>
  get(
    options: PublicKeyCredentialRequestOptionsJSON,
    overrides: GetOverrides,
  ): Promise<AuthenticationResponseJSON>
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))
const flag = { present: 1, verified: 4, eligible: 8, backedUp: 16, attested: 64 } as const

export function createSoftwareAuthenticator(defaults: AuthenticatorOptions = {}): SoftwareAuthenticator {
  const {
    aaguid = '00000000-0000-0000-0000-000000000000',
    algorithm = 'ES256',
    backupEligible = true,
    backedUp = backupEligible,
    counterStep = 0,
    transports = ['internal', 'hybrid'],
  } = defaults
  const passkeys: SoftwarePasskey[] = []

  const authenticatorData = async (
    rpId: string,
    counter: number,
    stated: CeremonyOverrides,
    attested: Uint8Array | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> => {
    let flags = 0
    if (stated.userPresent ?? true) flags |= flag.present
    if (stated.userVerified ?? true) flags |= flag.verified
    if (stated.backupEligible ?? backupEligible) flags |= flag.eligible
    if (stated.backedUp ?? backedUp) flags |= flag.backedUp
    if (attested) flags |= flag.attested
    const count = new Uint8Array(4)
    new DataView(count.buffer).setUint32(0, counter)
    return concat(await digest(bytesOf(rpId)), Uint8Array.of(flags), count, attested ?? new Uint8Array())
  }

  return {
    passkeys,

    async create(options, overrides) {
      const rpId = overrides.rpId ?? options.rp.id ?? new URL(overrides.origin).hostname
      const keys = await generateKeys(algorithm)
      const id = crypto.getRandomValues(new Uint8Array(16))
      const counter = overrides.counter ?? counterStep
      const attested = concat(
        fromHex(aaguid.replaceAll('-', '')),
        Uint8Array.of(0, id.length),
        id,
        encodeCbor(await cosePublicKey(algorithm, keys.publicKey)),
      )
      const authData = await authenticatorData(rpId, counter, overrides, attested)
      const clientData = clientDataOf('webauthn.create', options.challenge, overrides)
      const statement = await statementOf(overrides.attestation ?? 'none', {
        ...{ signed: concat(authData, await digest(clientData)), algorithm, keys },
      })
      passkeys.push({
        ...{ id: base64url(id), rpId, userHandle: options.user.id, algorithm, keys, counter },
      })
      const object = new Map<string, CborValue>([
        ['fmt', statement.fmt],
        ['attStmt', statement.attStmt],
        ['authData', authData],
      ])
      return {
        ...{ id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {} },
        response: {
          clientDataJSON: base64url(clientData),
          attestationObject: base64url(encodeCbor(object)),
          transports: [...transports],
        },
      }
    },

    async get(options, overrides) {
      const rpId = overrides.rpId ?? options.rpId ?? new URL(overrides.origin).hostname
      const passkey = overrides.credentialId
        ? passkeys.find(({ id }) => id === overrides.credentialId)
        : passkeys.findLast((each) => each.rpId === (options.rpId ?? rpId))
      if (!passkey) throw new Error('the authenticator has no such passkey')
      passkey.counter = overrides.counter ?? passkey.counter + counterStep
      const authData = await authenticatorData(rpId, passkey.counter, overrides, undefined)
      const clientData = clientDataOf('webauthn.get', options.challenge, overrides)
      const signature = await sign(
        passkey.algorithm,
        passkey.keys.privateKey,
        concat(authData, await digest(clientData)),
      )
      const userHandle = overrides.userHandle === undefined ? passkey.userHandle : overrides.userHandle
      return {
        ...{ id: passkey.id, rawId: passkey.id, type: 'public-key', clientExtensionResults: {} },
        response: {
          clientDataJSON: base64url(clientData),
          authenticatorData: base64url(authData),
          signature: base64url(signature),
          ...(userHandle === null ? {} : { userHandle }),
        },
      }
    },
  }
}

function clientDataOf(type: string, challenge: string, stated: CeremonyOverrides): Uint8Array<ArrayBuffer> {
  const data = {
    type,
    challenge: stated.challenge ?? challenge,
    origin: stated.origin,
    crossOrigin: false,
    ...stated.clientData,
  }
  return bytesOf(JSON.stringify(data))
}

async function statementOf(
  attestation: 'none' | 'self' | StatementOf,
  {
    signed,
    algorithm,
    keys,
  }: {
    readonly signed: Uint8Array<ArrayBuffer>
    readonly algorithm: SignatureAlgorithm
    readonly keys: CryptoKeyPair
  },
): Promise<{ readonly fmt: string; readonly attStmt: Map<string, CborValue> }> {
  if (attestation === 'none') return { fmt: 'none', attStmt: new Map() }
  if (attestation !== 'self') return attestation(signed)
  const public_ = await cosePublicKey(algorithm, keys.publicKey)
  const statement = new Map<string, CborValue>([
    ['alg', public_.get(3) as number],
    ['sig', await sign(algorithm, keys.privateKey, signed)],
  ])
  return { fmt: 'packed', attStmt: statement }
}

export const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let position = 0
  for (const part of parts) {
    whole.set(part, position)
    position += part.length
  }
  return whole
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
