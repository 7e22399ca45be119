import { isSecureAddress } from '@authly-server/core'
import { invalidConfiguration } from '../errors.ts'

/** Where people reach the application. */
export interface BaseUrl {
  readonly origin: string
  /** Without a slash at its end; empty at the root. */
  readonly path: string
  readonly isSecure: boolean
}

/** @throws AuthlyError `invalid_configuration` */
export function readBaseUrl(text: string): BaseUrl {
  if (!isSecureAddress(text))
    throw invalidConfiguration('baseUrl', 'must be an https address, or http on this machine')
  const url = new URL(text)
  if (url.search || url.hash || url.username || url.password)
    throw invalidConfiguration('baseUrl', 'must be scheme, host and path alone')
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, ''), isSecure: url.protocol === 'https:' }
}
