/**
 * The library of WebAuthn, a module of its own: it is large, and neither an isolate's start nor an object that holds
 * sessions evaluates it. Load it with `loadWebauthn`.
 */
export {
  SettingsService,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
export { decodeAttestationObject, decodeClientDataJSON, isoCBOR } from '@simplewebauthn/server/helpers'
