/** The interface of a response mode: one file each, listed in `index.ts`. */
import type { Language } from '../../../messages/choose-language.ts'

export interface ResponseMode {
  /** Value of `response_mode`. */
  readonly mode: string
  /** The parameters travel in one signed JWT, `response` (JARM §2.3). */
  readonly signed: boolean
  /** @param language of the page, where the mode is one */
  render(
    redirectUri: string,
    parameters: Readonly<Record<string, string>>,
    language: () => Promise<Language>,
  ): Response | Promise<Response>
}
