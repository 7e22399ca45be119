/** Browsers at which the user is not asked for the second factor again. */
import { formatTime } from '../../messages/format-time.ts'
import type { AccountSection } from './account-section.ts'
import { DeviceRow } from './device-row.tsx'

export const rememberedDevicesSection: AccountSection = {
  notices: { remembered: (messages) => messages.rememberedDevices.forgotten },
  async show({ page, deps, session, timeZone }) {
    const texts = page.messages.rememberedDevices
    const devices = await deps.sessionsOf(session.user_id).listRememberedDevices({ now: deps.now() })
    if (devices.length === 0) return null
    return (
      <section class="card" aria-labelledby="remembered">
        <h2 id="remembered">{texts.section}</h2>
        <p class="quiet">{texts.text}</p>
        <ul class="plain">
          {devices.map((device) => (
            <DeviceRow
              page={page}
              device={device}
              text={texts.until(formatTime(page.language.tag, device.expires_at, timeZone))}
              ids={[`remembered-${device.remembered_id}`, `ask-${device.remembered_id}`]}
              action="/account/remembered-devices/forget"
              hidden={{ field: 'remembered_id', value: device.remembered_id }}
              label={texts.forget}
            />
          ))}
        </ul>
      </section>
    )
  },
}
