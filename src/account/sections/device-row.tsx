/** A browser in a list of the account page, with the button that takes it off the list. */
import type { FC } from 'hono/jsx'
import { describeDevice } from '../../kit/describe-device.ts'
import { isolated } from '../../messages/isolated.ts'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'

interface DeviceRowProps {
  readonly page: FormPage
  readonly device: { readonly ip: string | undefined; readonly user_agent: string | undefined }
  /** What the row says besides the device. */
  readonly text: string
  /** Ids of the elements of the name and of the button. */
  readonly ids: readonly [name: string, button: string]
  /** Where the button posts to. */
  readonly action: string
  /** The hidden field that names the device. */
  readonly hidden: { readonly field: string; readonly value: string }
  readonly label: string
}

export const DeviceRow: FC<DeviceRowProps> = ({ page, device, text, ids, action, hidden, label }) => {
  const [nameId, buttonId] = ids
  return (
    <li class="row">
      <div>
        <p>
          <strong id={nameId}>
            {isolated(describeDevice(device.user_agent) ?? page.messages.unknownDevice)}
          </strong>
        </p>
        <p class="quiet">
          {text}
          {device.ip && (
            <>
              {' · '}
              <bdi>{device.ip}</bdi>
            </>
          )}
        </p>
      </div>
      <form method="post" action={action}>
        <HiddenFields page={page} />
        <input type="hidden" name={hidden.field} value={hidden.value} />
        <button type="submit" class="second" id={buttonId} aria-labelledby={`${buttonId} ${nameId}`}>
          {label}
        </button>
      </form>
    </li>
  )
}
