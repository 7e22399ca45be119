import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFindBreach, readRange } from '../../src/passwords/find-breach.ts'
import type { SeenRequest } from '../fakes/breached-passwords.ts'
import { startBreachedPasswordsServer } from '../setup/breached-passwords-server.ts'

const rules = { allowLoopbackFetch: true, fetchHosts: new Set<string>() }
let server: Awaited<ReturnType<typeof startBreachedPasswordsServer>>
beforeAll(async () => {
  server = await startBreachedPasswordsServer()
})
afterAll(() => server.stop())

const find = (behaviour: string, password: string, label = 'unit') =>
  createFindBreach(`${server.url}/${behaviour}/${label}/range/`, rules)(password)

describe('the range search', () => {
  test('finds a listed password, however it was composed, and no other', async () => {
    expect(await find('true', 'violet-harbor-lantern')).toBe('found')
    expect(await find('true', 'Zwölf Äpfel im Körbchen'.normalize('NFD'))).toBe('found')
    expect(await find('true', 'violet-harbor-lanterns')).toBe('not_found')
  })

  test('tells the server five digits of the hash, and asks for padding', async () => {
    await find('true', 'violet-harbor-lantern', 'told')
    const seen = (await (await fetch(`${server.url}/seen/told`)).json()) as SeenRequest[]
    expect(seen).toEqual([
      {
        prefix: '41F9B',
        headers: expect.objectContaining({ 'add-padding': 'true', 'user-agent': 'Authly' }),
      },
    ])
  })

  test('padding, which has the count 0, is no finding', async () => {
    expect(await find('padding', 'violet-harbor-lantern')).toBe('not_found')
  })

  test.each(['garbage', 'cut', 'empty', 'huge', 'unavailable', 'limited', 'redirect'])(
    'a server that answers with %s says nothing',
    async (behaviour) => {
      expect(await find(behaviour, 'violet-harbor-lantern')).toBe('failed')
    },
  )

  test.each(['slow', 'trickle'])('a server that is %s is left after a second', async (behaviour) => {
    const begun = performance.now()
    expect(await find(behaviour, 'violet-harbor-lantern')).toBe('failed')
    expect(performance.now() - begun).toBeGreaterThan(900)
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  test('a server that is down says nothing', async () => {
    expect(await createFindBreach('http://127.0.0.1:1/', rules)('violet-harbor-lantern')).toBe('failed')
  })

  test('an address of the inside is never asked', async () => {
    const closed = { ...rules, allowLoopbackFetch: false }
    const findBreach = createFindBreach(`${server.url}/true/inside/range/`, closed)
    expect(await findBreach('violet-harbor-lantern')).toBe('failed')
    expect(await (await fetch(`${server.url}/seen/inside`)).json()).toEqual([])
  })
})

test.each([
  ['0018A45C4D1DEF81644B54AB7F969B88D65:21', 'found'],
  ['0018a45c4d1def81644b54ab7f969b88d65:21\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2', 'found'],
  ['0018A45C4D1DEF81644B54AB7F969B88D65:0', 'not_found'],
  ['0018A45C4D1DEF81644B54AB7F969B88D65', 'failed'],
  ['0018A45C4D1DEF81644B54AB7F969B88D65:21\r\n<html>', 'failed'],
  ['0018A45C4D1DEF81644B54AB7F969B88D65:-1', 'failed'],
])('reads %j: %s', (text, outcome) => {
  expect(readRange(text, '0018A45C4D1DEF81644B54AB7F969B88D65')).toBe(outcome)
})
