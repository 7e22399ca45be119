/**
 * Options and answers of WebAuthn as JSON (WebAuthn Level 3 §5.1.7–5.1.10). By hand: browsers have had passkeys for
 * years longer than `toJSON()` and `parse…FromJSON()`, and extensions that stand in for the browser often lack them.
 */

const encode = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

const decode = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (character) =>
    character.charCodeAt(0),
  )

const descriptors = (
  all: readonly PublicKeyCredentialDescriptorJSON[] = [],
): PublicKeyCredentialDescriptor[] =>
  all.map(({ id, transports }) => ({
    type: 'public-key',
    id: decode(id),
    ...(transports ? { transports: transports as AuthenticatorTransport[] } : {}),
  }))

/** @param json `PublicKeyCredentialRequestOptionsJSON` */
export function parseRequest(json: string): CredentialRequestOptions {
  const options = JSON.parse(json) as PublicKeyCredentialRequestOptionsJSON
  return {
    publicKey: {
      ...(options as object),
      challenge: decode(options.challenge),
      allowCredentials: descriptors(options.allowCredentials),
    },
  }
}

/** @param json `PublicKeyCredentialCreationOptionsJSON` */
export function parseCreation(json: string): CredentialCreationOptions {
  const options = JSON.parse(json) as PublicKeyCredentialCreationOptionsJSON
  return {
    publicKey: {
      ...(options as unknown as PublicKeyCredentialCreationOptions),
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: descriptors(options.excludeCredentials),
    },
  }
}

/** `RegistrationResponseJSON` or `AuthenticationResponseJSON`. */
export function formatCredential(credential: PublicKeyCredential): string {
  const { id, rawId, type, authenticatorAttachment, response } = credential
  const clientExtensionResults = credential.getClientExtensionResults()
  return JSON.stringify({
    ...{ id, rawId: encode(rawId), type, authenticatorAttachment, clientExtensionResults },
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      ...('attestationObject' in response
        ? formatAttestation(response as AuthenticatorAttestationResponse)
        : formatAssertion(response as AuthenticatorAssertionResponse)),
    },
  })
}

const formatAttestation = (response: AuthenticatorAttestationResponse) => ({
  attestationObject: encode(response.attestationObject),
  transports: response.getTransports?.() ?? [],
})

const formatAssertion = ({ authenticatorData, signature, userHandle }: AuthenticatorAssertionResponse) => ({
  authenticatorData: encode(authenticatorData),
  signature: encode(signature),
  ...(userHandle ? { userHandle: encode(userHandle) } : {}),
})
