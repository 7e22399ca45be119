/** Forms as a browser reads and submits them (HTML Living Standard §4.10.22), without running scripts. */
import { type HTMLElement, parse } from 'node-html-parser'

export type HtmlForm = {
  readonly action: URL
  readonly method: 'get' | 'post'
  /** Names and values that a submission without a button sends. */
  readonly fields: readonly (readonly [string, string])[]
  /** Submit buttons that send a name and a value. */
  readonly buttons: readonly { readonly name: string; readonly value: string; readonly text: string }[]
  /** Names of the fields that match a CSS selector. */
  namesOf(selector: string): readonly string[]
}

/** The forms of a page. */
export function readForms(html: string, pageUrl: URL): readonly HtmlForm[] {
  return parse(html)
    .querySelectorAll('form')
    .map((form) => ({
      action: new URL(form.getAttribute('action') || pageUrl.href, pageUrl),
      method: form.getAttribute('method')?.toLowerCase() === 'post' ? 'post' : 'get',
      fields: form.querySelectorAll('input, select, textarea').flatMap(successful),
      buttons: form
        .querySelectorAll('button, input[type=submit]')
        .filter(isSubmitButton)
        .map((button) => ({
          name: button.getAttribute('name') ?? '',
          value: button.getAttribute('value') ?? '',
          text: button.text.trim(),
        })),
      namesOf: (selector) =>
        form.querySelectorAll(selector).flatMap((field) => field.getAttribute('name') ?? []),
    }))
}

/** The text a person reads, white space collapsed. */
export const readText = (html: string): string =>
  (parse(html).querySelector('body') ?? parse(html)).structuredText.replace(/\s+/g, ' ').trim()

const isSubmitButton = (element: HTMLElement): boolean =>
  (element.getAttribute('type')?.toLowerCase() ?? 'submit') === 'submit'

function successful(field: HTMLElement): (readonly [string, string])[] {
  const name = field.getAttribute('name')
  const type = field.getAttribute('type')?.toLowerCase()
  if (!name || field.hasAttribute('disabled') || type === 'submit' || type === 'button') return []
  if ((type === 'checkbox' || type === 'radio') && !field.hasAttribute('checked')) return []
  if (field.tagName === 'SELECT') {
    const option = field.querySelector('option[selected]') ?? field.querySelector('option')
    return option ? [[name, option.getAttribute('value') ?? option.text]] : []
  }
  const value = field.tagName === 'TEXTAREA' ? field.text : field.getAttribute('value')
  return [[name, value ?? (type === 'checkbox' ? 'on' : '')]]
}
