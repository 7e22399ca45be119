import type { ResponseMode } from './define-mode.ts'

/** OAuth 2.0 Form Post Response Mode: a page that submits itself, loaded only where a client asks for it. */
export const formPost: ResponseMode = {
  mode: 'form_post',
  signed: false,
  async render(redirectUri, parameters, language) {
    const { formPostPage } = await import('../form-post.tsx')
    return formPostPage(redirectUri, parameters, await language())
  },
}
