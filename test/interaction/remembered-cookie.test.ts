import { describe, expect, test } from 'vitest'
import { newDevice, readDevices, sealDevice } from '../../src/interaction/device-cookie.ts'
import {
  issueRememberedHandle,
  readRemembered,
  rememberedProofOf,
  setRememberedCookie,
} from '../../src/interaction/remembered-cookie.ts'
import { randomToken } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'

const config = { secureCookies: true }
const root = createRootSecret(randomToken())
const needs = { root, config }
const now = 1_800_000_000_000
const day = 86_400_000
const issue = (user_id: string, days = 30, from = root) => issueRememberedHandle(from, { user_id, days, now })
const cookieOf = (setCookie: string) => setCookie.split(';')[0]
const accounts = async (setCookie: string, at = now) =>
  (await readRemembered(needs, cookieOf(setCookie), at)).map(({ routing }) => routing.user_id)

describe('the cookie of remembered second factors', () => {
  test('is out of reach of scripts, other hosts and plain http, and lasts as long as it counts', async () => {
    expect(setRememberedCookie(config, await issue('ada', 7), [], now)).toMatch(
      /^__Host-authly_remembered=authly_rd_[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure$/,
    )
  })

  test('keeps five accounts beside each other, the newest first, and shows none of them', async () => {
    let cookie = ''
    for (const name of ['a', 'b', 'c', 'b', 'd', 'e', 'f']) {
      const others = await readRemembered(needs, cookieOf(cookie), now)
      cookie = setRememberedCookie(config, await issue(name), others, now)
    }
    expect(await accounts(cookie)).toEqual(['f', 'e', 'd', 'b', 'c'])
    expect(cookie.length).toBeLessThan(3000)
    expect(await accounts(cookie, now + 30 * day)).toEqual([])
  })

  test('proves something about its own account only', async () => {
    const ada = await issue('ada')
    expect(rememberedProofOf([ada], 'ada')).toEqual({
      remembered_id: ada.routing.remembered_id,
      secret_hash: ada.secretHash,
    })
    expect(rememberedProofOf([ada], 'grace')).toBeUndefined()
  })

  test('does not open when it is forged, of another deployment, or half of two', async () => {
    const [mine, other] = [await issue('ada'), await issue('ada')]
    const foreign = await issue('ada', 30, createRootSecret(randomToken()))
    const half = `${mine.handle.split('.')[0]}.${other.handle.split('.')[1]}`
    for (const forged of [foreign.handle, half, 'authly_rd_x.y', `${mine.handle.slice(0, -1)}`]) {
      expect(await readRemembered(needs, `__Host-authly_remembered=${forged}`, now)).toEqual([])
    }
  })

  test('is no known device, nor the other way round', async () => {
    const ada = await issue('ada')
    const device = await sealDevice(root, await newDevice({ user_id: 'ada', device_id: 'd', now }), [])
    expect(await readDevices(needs, `__Host-authly_devices=${ada.handle}`, now)).toEqual([])
    expect(await readRemembered(needs, `__Host-authly_remembered=${device.handle}`, now)).toEqual([])
  })
})
