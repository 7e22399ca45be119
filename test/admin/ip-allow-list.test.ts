import { describe, expect, it } from 'vitest'
import { checkAllowList, isAllowedFrom } from '../../src/admin/ip-allow-list.ts'

describe('the IP allow list of the admin API', () => {
  it('allows any address, even an unknown one, while it is empty', () => {
    expect(isAllowedFrom([], '192.0.2.1')).toBe(true)
    expect(isAllowedFrom([], undefined)).toBe(true)
  })

  it('allows what lies in one of its ranges, in any notation', () => {
    const list = ['192.0.2.0/24', '2001:db8::/32']
    expect(isAllowedFrom(list, '192.0.2.77')).toBe(true)
    expect(isAllowedFrom(list, '::ffff:192.0.2.77')).toBe(true)
    expect(isAllowedFrom(list, '2001:DB8:1::1')).toBe(true)
    expect(isAllowedFrom(list, '198.51.100.1')).toBe(false)
  })

  it('fails closed: an unknown address, a forged one, a broken entry', () => {
    expect(isAllowedFrom(['0.0.0.0/0'], undefined)).toBe(false)
    expect(isAllowedFrom(['0.0.0.0/0'], 'unknown')).toBe(false)
    expect(isAllowedFrom(['0.0.0.0/0'], '192.0.2.1, 198.51.100.1')).toBe(false)
    expect(isAllowedFrom(['192.0.2.0/99', 'any'], '192.0.2.1')).toBe(false)
  })
})

describe('changing the list', () => {
  const caller = { ip: '192.0.2.1' }

  it('names each entry that is no range', () => {
    expect(checkAllowList(['192.0.2.0/24', 'home', '192.0.2.1/24'], '#/value', caller)).toEqual([
      { pointer: '#/value/1', detail: 'must be an IP address or CIDR range' },
      { pointer: '#/value/2', detail: 'must be an IP address or CIDR range' },
    ])
  })

  it('refuses a list that would lock its author out', () => {
    expect(checkAllowList(['198.51.100.0/24'], '#/value', caller)).toMatchObject([{ pointer: '#/value' }])
    expect(checkAllowList(['198.51.100.0/24'], '#/value', { ip: undefined })).toHaveLength(1)
    expect(checkAllowList(['198.51.100.0/24', '192.0.2.1'], '#/value', caller)).toEqual([])
    expect(checkAllowList([], '#/value', caller)).toEqual([])
  })

  it("asks nothing of the author's address for a list that does not bind them", () => {
    expect(checkAllowList(['198.51.100.0/24'], '#/admin_ip_allow_list')).toEqual([])
  })
})
