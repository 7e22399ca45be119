/** `fetch` for addresses that others chose. */
import { observe } from './observe.ts'

export const observedFetch = (url: string, init: RequestInit): Promise<Response> =>
  observe('outgoing_request', { host: new URL(url).host }, () => fetch(url, init))
