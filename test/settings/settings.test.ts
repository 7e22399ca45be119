import { describe, expect, it, test } from 'vitest'
import { settingNames, toSettings } from '../../src/settings/settings.ts'

test('settings that nobody stored have their defaults', () => {
  const settings = toSettings({})
  expect(settings['admin.ip_allow_list']).toEqual([])
  expect(settings['admin.request_signing']).toBe('off')
  expect(settings['admin.step_up_max_age_seconds']).toBe(900)
})

test('a stored rule of admission that cannot be read lets nobody in, instead of everybody', () => {
  const settings = toSettings({
    'admin.ip_allow_list': 'not a list',
    'admin.request_signing': 'sometimes',
    'admin.step_up_max_age_seconds': -1,
  })
  expect(settings['admin.ip_allow_list']).toEqual(['unreadable'])
  expect(settings['admin.request_signing']).toBe('all')
  expect(settings['admin.step_up_max_age_seconds']).toBe(900)
})

describe('a setting that was reset', () => {
  it.each(settingNames)('%s is what it is where nothing was ever stored', (name) => {
    expect(toSettings({ [name]: null })[name]).toEqual(toSettings({})[name])
  })
})
