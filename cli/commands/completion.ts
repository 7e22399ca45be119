/** Completion for shells: a short script each, which asks the program itself (`completion/complete.ts`). */
import { type Command, defineCommand } from '../command.ts'
import { type Shell, scriptFor, shells } from '../completion/scripts.ts'

const installation: Readonly<Record<Shell, string>> = {
  bash: "echo 'source <(authly completion bash)' >> ~/.bashrc",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
  zsh: 'authly completion zsh > "${fpath[1]}/_authly"',
  fish: 'authly completion fish > ~/.config/fish/completions/authly.fish',
}

export const completionCommands: readonly Command[] = shells.map((shell) =>
  defineCommand({
    words: ['completion', shell],
    summary: `Print the completion script for ${shell}`,
    examples: [installation[shell]],
    async run({ terminal }) {
      terminal.stdout.write(scriptFor(shell))
      return undefined
    },
  }),
)
