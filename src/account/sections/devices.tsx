/** Where the user has signed in before. */
import type { FC } from 'hono/jsx'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { describeDevice } from '../../pages/describe-device.ts'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { KnownDevice } from '../../sessions/device-types.ts'
import type { AccountSection } from './account-section.ts'

export const devicesSection: AccountSection = {
  notices: { device: (messages) => messages.deviceForgotten },
  async show({ page, deps, session, timeZone }) {
    const { messages } = page
    const devices = await deps.sessionsOf(session.user_id).listDevices({ now: deps.now() })
    if (devices.length === 0) return null
    return (
      <section class="card" aria-labelledby="devices">
        <h2 id="devices">{messages.devicesSection}</h2>
        <p class="quiet">{messages.devicesText}</p>
        <ul class="plain">
          {devices.map((device) => (
            <DeviceRow page={page} device={device} timeZone={timeZone} />
          ))}
        </ul>
      </section>
    )
  },
}

interface DeviceRowProps {
  readonly page: FormPage
  readonly device: KnownDevice
  readonly timeZone: string
}

const DeviceRow: FC<DeviceRowProps> = ({ page, device, timeZone }) => {
  const { messages, language } = page
  const name = isolated(describeDevice(device.user_agent) ?? messages.unknownDevice)
  const [nameId, buttonId] = [`known-${device.device_id}`, `forget-${device.device_id}`]
  return (
    <li class="row">
      <div>
        <p>
          <strong id={nameId}>{name}</strong>
        </p>
        <p class="quiet">
          {messages.signedInAt(formatTime(language.tag, device.last_used_at, timeZone))}
          {device.ip && (
            <>
              {' · '}
              <bdi>{device.ip}</bdi>
            </>
          )}
        </p>
      </div>
      <form method="post" action="/account/devices/forget">
        <HiddenFields page={page} />
        <input type="hidden" name="device_id" value={device.device_id} />
        <button type="submit" class="second" id={buttonId} aria-labelledby={`${buttonId} ${nameId}`}>
          {messages.forgetDevice}
        </button>
      </form>
    </li>
  )
}
