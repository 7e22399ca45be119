/** A virtual authenticator in Chromium (Chrome DevTools Protocol, domain WebAuthn): what a person would touch. */
import type { CDPSession, Page } from 'playwright-core'

/** `platform`: built in, with a screen lock. `roaming`: a security key with a PIN. */
export type Kind = 'platform' | 'roaming'

export interface StoredCredential {
  readonly credentialId: string
  readonly rpId?: string | undefined
  readonly userHandle?: string | undefined
  readonly signCount: number
}

export interface Authenticator {
  readonly devtools: CDPSession
  readonly authenticatorId: string
  /** Whether the person agrees by touch or fingerprint. Otherwise requests wait. */
  touch(agrees: boolean): Promise<void>
  /** Whether fingerprint, face or PIN are right. */
  verify(isRight: boolean): Promise<void>
  /** What it stores. Credential ids are base64url, as in the API. */
  credentials(): Promise<readonly StoredCredential[]>
  /** Deletes one behind the server's back. */
  forget(credentialId: string): Promise<void>
  remove(): Promise<void>
}

const options = {
  platform: { transport: 'internal' },
  roaming: { transport: 'usb' },
} as const

/** Plugs one into the page; it ends with the page. @param synced the provider keeps a copy elsewhere */
export async function addAuthenticator(
  page: Page,
  kind: Kind,
  { synced = kind === 'platform' }: { synced?: boolean } = {},
): Promise<Authenticator> {
  const devtools: CDPSession = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...options[kind],
      ...{ protocol: 'ctap2', ctap2Version: 'ctap2_1', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
      ...{ defaultBackupEligibility: synced, defaultBackupState: synced },
    },
  })
  return {
    devtools,
    authenticatorId,
    async touch(enabled) {
      await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
    async verify(isUserVerified) {
      await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
    async credentials() {
      const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId })
      return credentials.map((stored) => ({ ...stored, credentialId: toBase64Url(stored.credentialId) }))
    },
    async forget(credentialId) {
      const id = Buffer.from(credentialId, 'base64url').toString('base64')
      await devtools.send('WebAuthn.removeCredential', { authenticatorId, credentialId: id })
    },
    async remove() {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    },
  }
}

/** Copies all passkeys, as a provider does between devices. */
export async function syncPasskeys(from: Authenticator, to: Authenticator): Promise<void> {
  const { authenticatorId } = from
  const { credentials } = await from.devtools.send('WebAuthn.getCredentials', { authenticatorId })
  for (const credential of credentials) {
    await to.devtools.send('WebAuthn.addCredential', { authenticatorId: to.authenticatorId, credential })
  }
}

const toBase64Url = (base64: string): string => Buffer.from(base64, 'base64').toString('base64url')
