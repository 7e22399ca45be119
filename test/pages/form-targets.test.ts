import { expect, test } from 'vitest'
import type { Interaction } from '../../src/interaction/interaction.ts'
import { formTargets, returnHost, schemeSources } from '../../src/pages/form-targets.ts'

const asking = (redirect_uri?: string) =>
  ({ parameters: new URLSearchParams(redirect_uri ? { redirect_uri } : {}).toString() }) as Interaction

test.each([
  ['https://app.test/cb', ['https:']],
  ['http://localhost:5173/cb', ['https:', 'http:']],
  ['com.example.app:/cb', ['https:', 'com.example.app:']],
  ['javascript:alert(1)', ['https:']],
  ['data:text/html,x', ['https:']],
  ["x';script-src *:/cb", ['https:']],
  ['not a url', ['https:']],
])('a form before %s may end at %j (CSP form-action applies to redirects in Chromium)', (uri, sources) => {
  expect(schemeSources(uri)).toEqual(sources)
  expect(formTargets(asking(uri))).toEqual(sources)
})

test('a request without redirect_uri still leads to https applications', () => {
  expect(formTargets(asking())).toEqual(['https:'])
})

test.each([
  ['https://app.test/cb', 'app.test'],
  ['http://localhost:5173/cb', 'localhost:5173'],
  ['com.example.app:/cb', undefined],
])('the consent page names the host of %s', (uri, host) => {
  expect(returnHost(asking(uri))).toBe(host)
})
