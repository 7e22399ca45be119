/** What the profiles demand and no client of this server is without. */
import type { Foundation } from './demand.ts'

export const foundations: readonly Foundation[] = [
  {
    id: 'code_flow',
    specification: 'OAuth 2.1 §10; FAPI 2.0 Security Profile §5.3.2.1, §5.3.2.2',
    words: 'The response type is `code`; there is no implicit and no password grant',
  },
  {
    id: 'exact_redirect_uris',
    specification: 'OAuth 2.1 §4.1.3; MCP Authorization 2025-11-25, Open Redirection',
    words:
      'Redirect URIs are registered and compared character by character, but for the port of a loopback address (RFC 8252 §7.3)',
  },
  {
    id: 'pkce_s256',
    specification: 'RFC 9700 §2.1.1; FAPI 2.0 Security Profile §5.3.2.2',
    words: 'A PKCE challenge is `S256`, never `plain`',
  },
  {
    id: 'code_once',
    specification: 'OAuth 2.1 §4.1.3; FAPI 2.0 Security Profile §5.3.2.2',
    words: 'A code is exchanged once; a second time revokes what the first one yielded',
  },
  {
    id: 'response_issuer',
    specification: 'RFC 9207; FAPI 2.0 Security Profile §5.3.2.2',
    words: 'Authorization responses name the issuer (`iss`)',
  },
  {
    id: 'assertion_clock',
    specification: 'FAPI 2.0 Security Profile §5.3.2.1',
    words:
      'Assertions dated (`iat`, `nbf`) up to 10 seconds into the future are accepted, more than 60 seconds refused',
  },
  {
    id: 'key_sizes',
    specification: 'FAPI 2.0 Security Profile §5.4.1',
    words: 'RSA keys have 2048 bits at least; elliptic curves are P-256, P-384, P-521 and Ed25519',
  },
]
