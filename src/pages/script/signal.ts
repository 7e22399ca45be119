/**
 * Tells the browser's passkey providers what the server knows: passkeys that are gone, and names that have changed
 * (WebAuthn Level 3 §5.1.11, Signal methods). Nothing is answered, and browsers that cannot are left alone.
 */
const methods = [
  'signalUnknownCredential',
  'signalAllAcceptedCredentials',
  'signalCurrentUserDetails',
] as const

type Signals = Partial<Record<(typeof methods)[number], (options: unknown) => Promise<void>>>

interface Signal {
  readonly method: string
  readonly options: unknown
}

export function signal(): void {
  const browser = PublicKeyCredential as unknown as Signals
  for (const { dataset } of document.querySelectorAll<HTMLElement>('[data-passkey-signals]')) {
    for (const { method, options } of JSON.parse(dataset['passkeySignals'] ?? '[]') as Signal[]) {
      const known = methods.find((name) => name === method)
      if (known) browser[known]?.(options).catch(() => undefined)
    }
  }
}
