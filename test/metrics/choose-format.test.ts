import { expect, test } from 'vitest'
import { chooseFormat } from '../../src/metrics/choose-format.ts'

const prometheus242 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

test.each([
  [undefined, 'prometheus'],
  ['', 'prometheus'],
  ['*/*', 'prometheus'],
  ['text/plain', 'prometheus'],
  ['application/json', 'prometheus'],
  [prometheus242, 'openmetrics'],
  ['application/openmetrics-text', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version=1.0.0', 'openmetrics'],
  ['application/openmetrics-text;version=0.0.1', 'prometheus'],
  ['application/openmetrics-text;version=1.0.0;q=0, text/plain', 'prometheus'],
  ['application/openmetrics-text;q=0.3, text/plain;q=0.5', 'prometheus'],
  ['application/openmetrics-text;q=x', 'prometheus'],
  [','.repeat(100_000), 'prometheus'],
])('Accept: %s is answered with %s', (accept, format) => {
  expect(chooseFormat(accept)).toBe(format)
})
