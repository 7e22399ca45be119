/** Browsers at which the user is not asked for the second factor again. */
import type { FC } from 'hono/jsx'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { describeDevice } from '../../pages/describe-device.ts'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { RememberedDevice } from '../../sessions/remembered-device-types.ts'
import type { AccountSection } from './account-section.ts'

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
            <RememberedRow page={page} device={device} timeZone={timeZone} />
          ))}
        </ul>
      </section>
    )
  },
}

interface RememberedRowProps {
  readonly page: FormPage
  readonly device: RememberedDevice
  readonly timeZone: string
}

const RememberedRow: FC<RememberedRowProps> = ({ page, device, timeZone }) => {
  const { messages, language } = page
  const texts = messages.rememberedDevices
  const name = isolated(describeDevice(device.user_agent) ?? messages.unknownDevice)
  const [nameId, buttonId] = [`remembered-${device.remembered_id}`, `ask-${device.remembered_id}`]
  return (
    <li class="row">
      <div>
        <p>
          <strong id={nameId}>{name}</strong>
        </p>
        <p class="quiet">
          {texts.until(formatTime(language.tag, device.expires_at, timeZone))}
          {device.ip && (
            <>
              {' · '}
              <bdi>{device.ip}</bdi>
            </>
          )}
        </p>
      </div>
      <form method="post" action="/account/remembered-devices/forget">
        <HiddenFields page={page} />
        <input type="hidden" name="remembered_id" value={device.remembered_id} />
        <button type="submit" class="second" id={buttonId} aria-labelledby={`${buttonId} ${nameId}`}>
          {texts.forget}
        </button>
      </form>
    </li>
  )
}
