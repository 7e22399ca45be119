import { expect, test } from 'vitest'
import { isDocumentAddress } from '../../src/client-registration/document-address.ts'

const rules = {
  issuer: 'https://auth.test',
  allowLoopbackFetch: false,
  fetchHosts: new Set(['app.example:8443']),
}

test.each([
  'https://app.example/client.json',
  'https://app.example/a/b?v=1',
  'https://app.example:8443/client.json',
])('%s may be a client id', (address) => expect(isDocumentAddress(address, rules)).toBe(true))

test.each([
  ['http://app.example/client.json', 'not https'],
  ['https://app.example', 'no path'],
  ['https://app.example/', 'no path'],
  ['https://app.example/client.json#x', 'a fragment'],
  ['https://app.example/client.json#', 'an empty fragment'],
  ['https://user@app.example/client.json', 'a user'],
  ['https://user:secret@app.example/client.json', 'credentials'],
  ['https://app.example/a/../client.json', 'dot segments'],
  ['https://app.example/a/./client.json', 'dot segments'],
  ['https://app.example/a/%2e%2e/client.json', 'encoded dot segments'],
  ['https://app.example/a%2fclient.json', 'an encoded slash'],
  ['https://app.example:443/client.json', 'a port that is written in vain'],
  ['https://app.example:22/client.json', 'another port'],
  ['https://APP.example/client.json', 'another spelling'],
  ['HTTPS://app.example/client.json', 'another spelling'],
  ['https://app.example\\client.json', 'a backslash'],
  ['https://auth.test/client.json', 'this server itself'],
  ['https://127.0.0.1/client.json', 'this machine'],
  ['https://[::1]/client.json', 'this machine'],
  ['https://2130706433/client.json', 'this machine as a number'],
  ['https://169.254.169.254/latest', 'the metadata of a cloud'],
  ['https://10.1.2.3/client.json', 'a private network'],
  ['https://db.internal/client.json', 'a private name'],
  ['https://intranet/client.json', 'a name without a domain'],
])('%s may not: %s (draft §3, SSRF)', (address) => expect(isDocumentAddress(address, rules)).toBe(false))
