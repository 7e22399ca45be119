import { describe, expect, test } from 'vitest'
import {
  type DeviceHandle,
  isNameOf,
  maxAccounts,
  newDevice,
  readDevices,
  sealDevice,
  setDeviceCookie,
} from '../../src/interaction/device-cookie.ts'
import { randomToken } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'

const config = { secureCookies: true }
const root = createRootSecret(randomToken())
const needs = { root, config }
const now = 1_800_000_000_000
const day = 86_400_000
const mac = (text: string) => root.mac('login identifier', text)

const deviceOf = async (user_id: string, from = root): Promise<DeviceHandle> =>
  sealDevice(from, await newDevice({ user_id, device_id: `device of ${user_id}`, now }), [
    await mac(user_id),
    await mac(`${user_id}@example.test`),
  ])
const cookieOf = (setCookie: string) => setCookie.split(';')[0]
const accounts = async (setCookie: string, at = now) =>
  (await readDevices(needs, cookieOf(setCookie), at)).map(({ routing }) => routing.user_id)

describe('the device cookie', () => {
  test('is out of reach of scripts, other hosts and plain http, and lasts 90 days', async () => {
    expect(setDeviceCookie(config, await deviceOf('ada'), [])).toMatch(
      /^__Host-authly_devices=authly_kd_[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000; Secure$/,
    )
  })

  test('gives back the account, the device and the hash that is stored, and shows none of them', async () => {
    const device = await deviceOf('ada')
    const cookie = setDeviceCookie(config, device, [])
    expect(await readDevices(needs, cookieOf(cookie), now)).toEqual([device])
    expect(cookie).not.toContain('ada')
    expect(cookie).not.toContain(device.secretHash)
  })

  test('learns the names of its account afterwards, under the secret that is stored before', async () => {
    const device = await newDevice({ user_id: 'ada', device_id: 'device of ada', now })
    const named = await sealDevice(root, device, [await mac('ada')])
    expect(isNameOf(named, await mac('ada'))).toBe(true)
    expect(named.secretHash).toBe(device.secret.secretHash)
    expect(await readDevices(needs, cookieOf(setDeviceCookie(config, named, [])), now)).toEqual([named])
  })

  test('knows every name of its account, and no other', async () => {
    const device = await deviceOf('ada')
    expect(isNameOf(device, await mac('ada'))).toBe(true)
    expect(isNameOf(device, await mac('ada@example.test'))).toBe(true)
    expect(isNameOf(device, await mac('grace'))).toBe(false)
  })

  test('keeps the accounts of a browser beside each other, the last used first, five at most', async () => {
    let cookie = ''
    for (const name of ['a', 'b', 'c', 'b', 'd', 'e', 'f']) {
      const others = await readDevices(needs, cookieOf(cookie), now)
      cookie = setDeviceCookie(config, await deviceOf(name), others)
    }
    expect(await accounts(cookie)).toEqual(['f', 'e', 'd', 'b', 'c'])
    expect(maxAccounts).toBe(5)
    // Far from what browsers keep of one cookie (RFC 6265bis §6.1: 4096 octets).
    expect(cookie.length).toBeLessThan(3000)
  })

  test('is as none after 90 days', async () => {
    const cookie = setDeviceCookie(config, await deviceOf('ada'), [])
    expect(await accounts(cookie, now + 90 * day - 1)).toEqual(['ada'])
    expect(await accounts(cookie, now + 90 * day)).toEqual([])
  })

  test('is as none when forged, cut, of another deployment or of another kind; good handles beside it stay', async () => {
    const { handle } = await deviceOf('ada')
    const foreign = await deviceOf('grace', createRootSecret(randomToken()))
    const bad = [foreign.handle, handle.slice(0, -1), handle.replace('_kd_', '_ss_'), 'x', '']
    for (const value of bad) {
      expect(await accounts(`__Host-authly_devices=${value}`)).toEqual([])
      expect(await accounts(`__Host-authly_devices=${value}..${handle}`)).toEqual(['ada'])
    }
  })

  test('two halves of different handles open nothing', async () => {
    const [ada, grace] = [await deviceOf('ada'), await deviceOf('grace')]
    const mixed = `${ada.handle.split('.')[0]}.${grace.handle.split('.')[1]}`
    expect(await accounts(`__Host-authly_devices=${mixed}`)).toEqual([])
  })

  test('a flood of handles is not even opened', async () => {
    const { handle } = await deviceOf('ada')
    const flood = [...Array<string>(maxAccounts).fill('x'), handle].join('..')
    expect(await accounts(`__Host-authly_devices=${flood}`)).toEqual([])
  })
})
