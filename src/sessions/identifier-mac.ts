/** The MAC of an identifier, in place of the identifier itself where only equality matters. */
import type { RootSecret } from '../kit/root-secret.ts'

/** @param normalForm `identifierForm`: otherwise each spelling would be another identifier */
export const identifierMac = (root: Pick<RootSecret, 'mac'>, normalForm: string): Promise<string> =>
  root.mac('login identifier', normalForm)
