/** The wish not to be asked for the second factor again at this browser; every page of a second factor shows it. */
import type { FC } from 'hono/jsx'
import { formatDays } from '../messages/format-time.ts'
import type { Page } from '../pages/page.ts'
import type { Parameters } from '../protocol/parameters.ts'

const field = 'remember_device'

interface RememberDeviceProps {
  readonly page: Page
  /** `remember_device_days` of the policy; 0 shows nothing. */
  readonly days: number
}

/** Never ticked in advance: the person decides at each browser. */
export const RememberDevice: FC<RememberDeviceProps> = ({ page: { messages, language }, days }) =>
  days === 0 ? null : (
    <div class="field check">
      <label for={field}>
        <input id={field} name={field} type="checkbox" value="yes" aria-describedby={`${field}-hint`} />{' '}
        {messages.rememberedDevices.ask(formatDays(language.tag, days))}
      </label>
      <p class="hint" id={`${field}-hint`}>
        {messages.rememberedDevices.hint}
      </p>
    </div>
  )

/** Whether the person ticked the box in this form. */
export const wantsToBeRemembered = (form: Parameters): boolean => form.get(field) === 'yes'
