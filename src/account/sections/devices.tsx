/** Where the user has signed in before. */
import { formatTime } from '../../messages/format-time.ts'
import type { AccountSection } from './account-section.ts'
import { DeviceRow } from './device-row.tsx'

export const devicesSection: AccountSection = {
  notices: { device: (messages) => messages.deviceForgotten },
  async show({ page, deps, session, timeZone }) {
    const { messages, language } = page
    const devices = await deps.sessionsOf(session.user_id).listDevices({ now: deps.now() })
    if (devices.length === 0) return null
    return (
      <section class="card" aria-labelledby="devices">
        <h2 id="devices">{messages.devicesSection}</h2>
        <p class="quiet">{messages.devicesText}</p>
        <ul class="plain">
          {devices.map((device) => (
            <DeviceRow
              page={page}
              device={device}
              text={messages.signedInAt(formatTime(language.tag, device.last_used_at, timeZone))}
              ids={[`known-${device.device_id}`, `forget-${device.device_id}`]}
              action="/account/devices/forget"
              hidden={{ field: 'device_id', value: device.device_id }}
              label={messages.forgetDevice}
            />
          ))}
        </ul>
      </section>
    )
  },
}
