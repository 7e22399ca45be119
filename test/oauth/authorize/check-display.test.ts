import { describe, expect, it } from 'vitest'
import { checkDisplay } from '../../../src/oauth/authorize/check-display.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import { plain } from '../../../src/protocol/request-provenance.ts'
import { aClient } from '../../fakes/client.ts'

const hintsOf = (fields: Record<string, string>) => {
  const parameters = parseParameters(new URLSearchParams(fields).toString())
  if (!parameters.ok) throw new Error(parameters.error)
  const checked = checkDisplay(
    { config: { requirePushedAuthorizationRequests: false }, verifyJwt: async () => undefined },
    { parameters: parameters.value, client: aClient(), provenance: plain },
  )
  return 'ok' in checked && checked.ok ? checked.value.hints : undefined
}

describe('hints for the pages (OpenID Connect Core §3.1.2.1)', () => {
  it('keep whole language tags of a list that is too long: half a tag is another language', () => {
    // 128 characters end in the middle of the last tag.
    const list = [...Array.from({ length: 21 }, () => 'gl-ES'), 'es-419']
    expect(list.join(' ').length).toBeGreaterThan(128)
    expect(hintsOf({ ui_locales: list.join(' ') })?.ui_locales).toBe(list.slice(0, 21).join(' '))
    expect(hintsOf({ ui_locales: 'x'.repeat(200) })?.ui_locales).toBe('')
    expect(hintsOf({ ui_locales: 'fr-CA fr en' })?.ui_locales).toBe('fr-CA fr en')
  })

  it('leave an address as it is: half an address is somebody else', () => {
    const address = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`
    expect(hintsOf({ login_hint: address })?.login_hint).toBe(address)
  })
})
